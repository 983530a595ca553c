namespace Ashlar.Engine.Speculation;

/// <summary>
/// How many tokens are worth guessing for a sequence: as many as bring the most tokens a second by what guesses were worth lately
/// and what steps of more tokens cost. Where none pays, one is tried now and then, in case that changes.
/// </summary>
internal struct DraftLength
{
    private const double Weight = 0.15; // of a new guess
    private const int StepsBetweenTrials = 32;

    private double _missed; // the share of guessed tokens that were wrong, of those that were looked at
    private int _idle;

    /// <summary>What became of a guess.</summary>
    /// <param name="guessed">Tokens that were guessed, 1 or more.</param>
    /// <param name="right">How many of the first were right.</param>
    public void Learn(int guessed, int right)
    {
        for (var i = 0; i < right; i++) _missed -= Weight * _missed;
        if (right < guessed) _missed += Weight * (1 - _missed);
    }

    /// <summary>How many to guess now.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="costs">What steps cost.</param>
    /// <param name="rows">Tokens that the step computes without it.</param>
    public int Choose(int most, StepCosts costs, int rows)
    {
        var hit = 1 - _missed;
        var (best, bestRate) = (0, rows / Math.Max(costs.Of(rows), double.Epsilon));
        var (gain, chance) = (0.0, 1.0);
        for (var count = 1; count <= most; count++)
        {
            chance *= hit;
            gain += chance;
            var rate = (rows + gain) / Math.Max(costs.Of(rows + count), double.Epsilon);
            if (rate > bestRate) (best, bestRate) = (count, rate);
        }

        if (best > 0 || most == 0)
        {
            _idle = 0;
            return best;
        }

        if (++_idle < StepsBetweenTrials) return 0;
        _idle = 0;
        return Math.Min(most, 2);
    }
}

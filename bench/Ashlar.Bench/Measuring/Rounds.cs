namespace Ashlar.Bench.Measuring;

/// <summary>
/// Measures trials in alternation: all of them once, then all again, so that whatever else the machine does slows them alike, and
/// ratios between them stand where times would not.
/// </summary>
internal static class Rounds
{
    /// <summary>Warms every trial up, finds how often it must run to fill a sample, and takes the samples.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="rounds">Samples of each, 1 or more.</param>
    /// <param name="sampleSeconds">How long a sample lasts at least, about.</param>
    public static Speed[] Measure(IReadOnlyList<Trial> trials, int rounds, double sampleSeconds = 0.05)
    {
        var repetitions = trials.Select(trial => RepetitionsFor(trial, sampleSeconds)).ToArray();
        var speeds = trials.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < trials.Count; i++)
            {
                speeds[i][round] = trials[i].Work * repetitions[i] / trials[i].Seconds(repetitions[i]) / 1e9;
            }
        }

        return [.. trials.Select((trial, i) => new Speed(trial.Name, trial.Unit, speeds[i].Max(), Median(speeds[i]), speeds[i]))];
    }

    /// <summary>The number in the middle; of an even count, the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static int RepetitionsFor(Trial trial, double seconds)
    {
        for (var count = 1; ; count *= 2)
        {
            var taken = trial.Seconds(count);
            if (taken >= seconds / 4) return Math.Max(1, (int)Math.Ceiling(count * seconds / taken));
        }
    }
}

namespace Ashlar.Training.Scaling;

/// <summary>
/// How loss falls with compute: <c>loss = floor + factor * compute^-exponent</c> (Kaplan et al., 2020; Hoffmann et al., 2022).
/// </summary>
/// <param name="Floor">What no compute gets below, in nats a token.</param>
/// <param name="Factor">Nats a token at one unit of compute, above the floor.</param>
/// <param name="Exponent">How fast it falls, above 0.</param>
public sealed record ScalingLaw(double Floor, double Factor, double Exponent)
{
    // Published exponents of compute lie between 0.05 and 0.5; small models on small texts fall faster.
    private const double LeastExponent = 0.01, MostExponent = 3;

    private double _variance; // of one run's loss, relative
    private double[,] _covariance = new double[3, 3]; // of floor, factor and exponent, where compute is measured from _unit
    private double _unit = 1;
    private int _freedom;

    /// <summary>The loss that the law gives.</summary>
    public double LossAt(double compute) => Floor + Factor * Math.Pow(compute, -Exponent);

    /// <summary>The law that is nearest to runs, by the squares of relative errors.</summary>
    /// <param name="runs">Compute in any unit, above 0, and the loss that it reached, above 0; four or more different ones.</param>
    /// <exception cref="ArgumentException">There are too few runs, or one is no number above 0.</exception>
    public static ScalingLaw Fit(IReadOnlyList<(double Compute, double Loss)> runs)
    {
        foreach (var (compute, loss) in runs)
        {
            if (!(compute > 0 && loss > 0 && double.IsFinite(compute + loss)))
            {
                throw new ArgumentException($"a run of compute {compute} and loss {loss} has no logarithms", nameof(runs));
            }
        }

        if (runs.Select(run => run.Compute).Distinct().Count() < 4)
        {
            throw new ArgumentException(
                $"a law of three numbers needs four runs of different compute to be checked by; there are {runs.Count}", nameof(runs));
        }

        // In units of the middle run, so that the factor is of the losses' size.
        var unit = Math.Exp(runs.Average(run => Math.Log(run.Compute)));
        var points = runs.Select(run => (Compute: run.Compute / unit, run.Loss)).ToArray();
        var exponent = Least(exponent => Line(points, exponent).Error);
        var (floor, factor, error) = Line(points, exponent);
        var freedom = points.Length - 3;
        var variance = error / freedom;
        var law = new ScalingLaw(floor, factor * Math.Pow(unit, exponent), exponent)
        {
            _variance = variance,
            _unit = unit,
            _freedom = freedom,
        };
        var squares = new double[3, 3];
        foreach (var (compute, loss) in points)
        {
            var slope = law.Slope(compute);
            for (var i = 0; i < 3; i++)
            {
                for (var j = 0; j < 3; j++) squares[i, j] += slope[i] * slope[j] / (loss * loss);
            }
        }

        law._covariance = Inverse(squares);
        return law;
    }

    /// <summary>The loss that a run will reach, with the interval in which nine of ten such predictions are right.</summary>
    /// <exception cref="InvalidOperationException">The law was not fitted to runs.</exception>
    public (double Loss, double Low, double High) Predict(double compute)
    {
        if (_freedom == 0) throw new InvalidOperationException("only a law that was fitted to runs knows how sure it is");
        var loss = LossAt(compute);
        var slope = Slope(compute / _unit);
        var variance = _variance * loss * loss;
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++) variance += slope[i] * slope[j] * _covariance[i, j] * _variance;
        }

        var half = StudentQuantile(_freedom) * Math.Sqrt(variance);
        return (loss, Math.Max(0, loss - half), loss + half);
    }

    // By floor, factor and exponent, of compute in the fit's unit.
    private double[] Slope(double compute)
    {
        var power = Math.Pow(compute, -Exponent);
        return [1, power, -Factor * Math.Pow(_unit, -Exponent) * Math.Log(compute) * power];
    }

    // With the exponent given, the rest is a line: least squares with a floor that is not negative.
    private static (double Floor, double Factor, double Error) Line(
        ReadOnlySpan<(double Compute, double Loss)> points, double exponent)
    {
        double ones = 0, powers = 0, squares = 0, losses = 0, products = 0;
        foreach (var (compute, loss) in points)
        {
            var (power, weight) = (Math.Pow(compute, -exponent), 1 / (loss * loss));
            ones += weight;
            powers += weight * power;
            squares += weight * power * power;
            losses += weight * loss;
            products += weight * power * loss;
        }

        var determinant = ones * squares - powers * powers;
        var floor = (losses * squares - powers * products) / determinant;
        var factor = (ones * products - powers * losses) / determinant;
        if (!(floor >= 0)) (floor, factor) = (0, products / squares);
        double error = 0;
        foreach (var (compute, loss) in points)
        {
            var relative = (floor + factor * Math.Pow(compute, -exponent) - loss) / loss;
            error += relative * relative;
        }

        return (floor, factor, error);
    }

    // The error has one valley in all but odd cases; a grid finds it, a golden section its bottom.
    private static double Least(Func<double, double> error)
    {
        const int Steps = 200;
        var ratio = Math.Pow(MostExponent / LeastExponent, 1.0 / Steps);
        var best = Enumerable.Range(0, Steps + 1).Select(i => LeastExponent * Math.Pow(ratio, i)).MinBy(error);
        var (low, high) = (Math.Max(best / ratio, LeastExponent), Math.Min(best * ratio, MostExponent));
        var golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 60; i++)
        {
            var (left, right) = (high - golden * (high - low), low + golden * (high - low));
            if (error(left) < error(right)) high = right;
            else low = left;
        }

        return (low + high) / 2;
    }

    // By Gauss and Jordan; a ridge far below what the runs can tell keeps a flat valley from dividing by zero.
    private static double[,] Inverse(double[,] matrix)
    {
        const int Size = 3;
        var rows = new double[Size, 2 * Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++) rows[i, j] = matrix[i, j];
            rows[i, i] *= 1 + 1e-12;
            rows[i, Size + i] = 1;
        }

        for (var column = 0; column < Size; column++)
        {
            var pivot = rows[column, column];
            for (var j = 0; j < 2 * Size; j++) rows[column, j] /= pivot;
            for (var i = 0; i < Size; i++)
            {
                if (i == column) continue;
                var share = rows[i, column];
                for (var j = 0; j < 2 * Size; j++) rows[i, j] -= share * rows[column, j];
            }
        }

        var inverse = new double[Size, Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++) inverse[i, j] = rows[i, Size + j];
        }

        return inverse;
    }

    // Of Student's distribution, 95 % on one side: 90 % between the two.
    private static double StudentQuantile(int freedom)
    {
        ReadOnlySpan<double> quantiles = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812];
        return freedom <= quantiles.Length ? quantiles[freedom - 1] : 1.645 + 1.6 / freedom;
    }
}

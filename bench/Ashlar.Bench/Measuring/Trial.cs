namespace Ashlar.Bench.Measuring;

/// <summary>Something whose speed is measured.</summary>
/// <param name="Name">What it is, as tables say it.</param>
/// <param name="Unit">What is counted in a second, in 10^9: <c>GB/s</c> or <c>GOPS</c>.</param>
/// <param name="Work">How much of it one run does.</param>
/// <param name="Seconds">Runs so many times in a row, and gives the seconds that it took.</param>
internal sealed record Trial(string Name, string Unit, double Work, Func<int, double> Seconds);

/// <summary>The speed of a trial, in its unit.</summary>
/// <param name="Name">The name of the trial.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Best">The fastest round.</param>
/// <param name="Median">The round in the middle.</param>
/// <param name="Rounds">All rounds, in the order in which they ran.</param>
internal sealed record Speed(string Name, string Unit, double Best, double Median, IReadOnlyList<double> Rounds);

namespace Ashlar.Training.Plots;

/// <summary>A line of a plot, or points.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Its points, by rising x.</param>
/// <param name="HasMarks">Whether each point is marked.</param>
/// <param name="HasLine">Whether a line leads from point to point.</param>
public sealed record PlotSeries(
    string Name, IReadOnlyList<(double X, double Y)> Points, bool HasMarks = false, bool HasLine = true);

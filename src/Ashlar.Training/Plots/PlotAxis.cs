using System.Globalization;

namespace Ashlar.Training.Plots;

/// <summary>An axis of a plot: from values to places in the image, with ticks at round numbers.</summary>
internal sealed class PlotAxis
{
    private readonly double _from, _to, _start, _end;
    private readonly bool _isLogarithmic;

    private PlotAxis(double from, double to, double start, double end, bool isLogarithmic, IReadOnlyList<double> ticks) =>
        (_from, _to, _start, _end, _isLogarithmic, Ticks) = (from, to, start, end, isLogarithmic, ticks);

    /// <summary>The values that are marked.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The axis over a range of values.</summary>
    /// <param name="least">The least value.</param>
    /// <param name="most">The largest value.</param>
    /// <param name="start">The place where the axis begins.</param>
    /// <param name="end">The place where it ends.</param>
    /// <param name="isLogarithmic">Whether equal factors take equal room.</param>
    public static PlotAxis Over(double least, double most, double start, double end, bool isLogarithmic)
    {
        if (isLogarithmic)
        {
            var (low, high) = (Math.Floor(Math.Log10(least)), Math.Ceiling(Math.Log10(most)));
            if (high <= low) high = low + 1;
            var ticks = Enumerable.Range((int)low, (int)(high - low) + 1).Select(power => Math.Pow(10, power)).ToArray();
            return new PlotAxis(low, high, start, end, true, ticks);
        }

        if (most <= least) (least, most) = (least - 0.5, most + 0.5);
        var step = Step((most - least) / 6);
        var (from, to) = (Math.Floor(least / step) * step, Math.Ceiling(most / step) * step);
        var count = (int)Math.Round((to - from) / step);
        return new PlotAxis(
            from, to, start, end, false, [.. Enumerable.Range(0, count + 1).Select(index => from + (index * step))]);
    }

    /// <summary>The place of a value.</summary>
    public double At(double value) =>
        _start + (((_isLogarithmic ? Math.Log10(value) : value) - _from) / (_to - _from) * (_end - _start));

    /// <summary>A value as a tick says it.</summary>
    public string Text(double value) => value.ToString(
        _isLogarithmic || Math.Abs(value) >= 1e6 ? "0.#e0" : "0.####", CultureInfo.InvariantCulture);

    // The round number that is not below: 1, 2 or 5 times a power of ten.
    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    }
}

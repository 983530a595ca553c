using System.Globalization;

namespace Ashlar.Cli;

/// <summary>Sizes as people read and write them.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A size in the largest unit of which there is one, to three digits or more.</summary>
    public static string Format(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        var digits = unit == 0 || value >= 100 ? "F0" : value >= 10 ? "F1" : "F2";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>Reads a size: bytes, or a number with a unit (<c>8GiB</c>, <c>1.5 G</c>; <c>500MB</c> is of thousands).</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = text[digits..].Trim().ToUpperInvariant();
        var number = text.AsSpan(0, digits);
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return false;
        var power = unit.Length == 0 ? 0 : "BKMGT".IndexOf(unit[0], StringComparison.Ordinal);
        if (power < 0 || (power == 0 && unit.Length > 1)) return false;
        if (power > 0 && unit[1..] is not ("" or "B" or "IB")) return false;
        decimal scale = power > 0 && unit[1..] == "B" ? 1000 : 1024;
        for (; power > 0; power--)
        {
            if (value > long.MaxValue / scale) return false;
            value *= scale;
        }

        if (value > long.MaxValue) return false;
        bytes = (long)value;
        return true;
    }
}

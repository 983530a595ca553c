using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>Floats as Python writes them. Digits come from the exact binary value, ties go to the even digit.</summary>
internal static class FloatText
{
    /// <summary>No float has more digits than these; those beyond are zeros, so asking for more is an attack.</summary>
    private const int MostPrecision = 1_100;

    /// <exception cref="TemplateException">A format asks for more digits than any float has.</exception>
    public static void EnsurePrecision(int? precision, Budget budget)
    {
        if (precision > MostPrecision) throw budget.Exceeded($"a format has more than {MostPrecision} digits of precision");
    }

    /// <summary>The shortest text that reads back as the same number: <c>1.0</c>, <c>1e-05</c>, <c>1e+16</c>.</summary>
    public static string Repr(double number)
    {
        if (NotFinite(number) is { } name) return name;
        var (sign, digits, exponent) = Shortest(number);
        if (exponent is < -4 or >= 16)
        {
            return sign + digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + Exponent(exponent);
        }

        if (exponent < 0) return sign + "0." + new string('0', -exponent - 1) + digits;
        return digits.Length <= exponent + 1
            ? sign + digits + new string('0', exponent + 1 - digits.Length) + ".0"
            : sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>As <c>'%.Nf'</c>: a fixed number of decimals.</summary>
    public static string Fixed(double number, int decimals)
    {
        if (NotFinite(number) is { } name) return name;
        var scaled = Scale(Math.Abs(number), decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var whole = scaled[..^decimals];
        return Sign(number) + (decimals == 0 ? whole : whole + "." + scaled[^decimals..]);
    }

    /// <summary>As <c>'%.Ne'</c>: one digit, a point, N digits, an exponent of at least two digits.</summary>
    public static string Scientific(double number, int decimals)
    {
        if (NotFinite(number) is { } name) return name;
        var (digits, exponent) = Significant(Math.Abs(number), decimals + 1);
        return Sign(number) + digits[..1] + (decimals > 0 ? "." + digits[1..] : "") + Exponent(exponent);
    }

    /// <summary>
    /// As <c>'%.Ng'</c>: N significant digits, whichever form is shorter; trailing zeros go unless they are kept.
    /// </summary>
    /// <param name="number">The number.</param>
    /// <param name="precision">The number of significant digits; zero counts as one.</param>
    /// <param name="keepZeros">Whether trailing zeros stay.</param>
    /// <param name="keepFraction">
    /// Whether a fixed form has at least one decimal; where that is one digit too many, the form is scientific.
    /// </param>
    public static string General(double number, int precision, bool keepZeros = false, bool keepFraction = false)
    {
        if (NotFinite(number) is { } name) return name;
        precision = Math.Max(precision, 1);
        var (_, exponent) = Significant(Math.Abs(number), precision);
        var isScientific = exponent < -4 || exponent >= (keepFraction ? precision - 1 : precision);
        var text = isScientific ? Scientific(number, precision - 1) : Fixed(number, precision - 1 - exponent);
        if (keepFraction && !isScientific && !text.Contains('.')) return text + ".0";
        if (keepZeros || !text.Contains('.')) return text;
        var tail = text.IndexOf('e') is var e and >= 0 ? text[e..] : "";
        var trimmed = text[..^tail.Length].TrimEnd('0');
        return (!trimmed.EndsWith('.') ? trimmed : keepFraction && !isScientific ? trimmed + "0" : trimmed[..^1]) + tail;
    }

    /// <summary>With a point even where no digit follows it, as the flag <c>#</c> asks.</summary>
    public static string WithPoint(string text)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var at and >= 0 ? at : text.Length;
        return text.Contains('.') || end == 0 ? text : text.Insert(end, ".");
    }

    /// <summary>Python's <c>round(number, decimals)</c>.</summary>
    public static double Round(double number, int decimals)
    {
        // Beyond these bounds every double is already round, or rounds to zero.
        if (!double.IsFinite(number) || decimals > 323) return number;
        if (decimals < -308) return 0 * number;
        var text = Scale(Math.Abs(number), decimals).ToString(CultureInfo.InvariantCulture) + "e" +
            (-decimals).ToString(CultureInfo.InvariantCulture);
        return Math.CopySign(double.Parse(text, CultureInfo.InvariantCulture), number);
    }

    private static string? NotFinite(double number) =>
        double.IsNaN(number) ? "nan" : double.IsInfinity(number) ? (number > 0 ? "inf" : "-inf") : null;

    private static string Sign(double number) => double.IsNegative(number) ? "-" : "";

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    private static (string Sign, string Digits, int Exponent) Shortest(double number)
    {
        // The runtime's own text is the shortest too; only its form differs.
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : mantissa.Length;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? (Sign(number), "0", 0) : (Sign(number), digits, exponent + point - leading - 1);
    }

    /// <summary>N significant digits and the decimal exponent of the first.</summary>
    private static (string Digits, int Exponent) Significant(double magnitude, int count)
    {
        if (magnitude == 0) return (new string('0', count), 0);
        var exponent = (int)Math.Floor(Math.Log10(magnitude));
        while (true)
        {
            var digits = Scale(magnitude, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count) return (digits, exponent);

            // The logarithm was off by one, or rounding carried into a new digit.
            exponent += digits.Length > count ? 1 : -1;
        }
    }

    /// <summary>The integer nearest to magnitude times ten to the power of decimals, exactly, ties to even.</summary>
    private static BigInteger Scale(double magnitude, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(magnitude);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        if (exponent == 0) exponent++;
        else mantissa |= 1L << 52;
        exponent -= 1075;

        var numerator = new BigInteger(mantissa) * BigInteger.Pow(10, Math.Max(decimals, 0)) << Math.Max(exponent, 0);
        var denominator = BigInteger.Pow(10, Math.Max(-decimals, 0)) << Math.Max(-exponent, 0);
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var doubled = (remainder << 1).CompareTo(denominator);
        return doubled > 0 || doubled == 0 && !quotient.IsEven ? quotient + 1 : quotient;
    }
}

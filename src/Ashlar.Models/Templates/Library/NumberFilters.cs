using System.Globalization;
using System.Numerics;
using Ashlar.Models.Templates.Operations;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters that make and round numbers.</summary>
internal static class NumberFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "abs", "", (input, _, budget) => input switch
            {
                FloatValue real => new FloatValue(Math.Abs(real.Number)),
                _ when Numbers.TryInteger(input, out var integer) => IntValue.Of(BigInteger.Abs(integer)),
                _ => throw budget.Error(input, $"bad operand type for abs(): '{input.TypeName}'"),
            }
        },
        { "filesizeformat", "binary?", FileSize },
        { "float", "default?", (input, arguments, budget) => ToFloat(input, budget) ?? arguments[0] ?? new FloatValue(0) },
        { "int", "default?, base?", (input, arguments, budget) =>
            ToInteger(input, arguments.Integer(1, 10), budget) ?? arguments[0] ?? IntValue.Of(0) },
        { "round", "precision?, method?", Round },
        { "sum", "attribute?, start?", (input, arguments, budget) =>
            {
                var path = Members.ParsePath(arguments[0], budget);
                var sum = arguments[1] ?? IntValue.Of(0);
                if (sum is StringValue) throw budget.Error("sum cannot add strings; use join");
                foreach (var element in input.IterateOrThrow(budget))
                {
                    sum = Arithmetic.Add(sum, Members.Path(element, path, budget), budget);
                }

                return sum;
            }
        },
    };

    private static FloatValue? ToFloat(Value input, Budget budget)
    {
        if (input is StringValue { Text: var text }) return ParseFloat(text, budget) is { } parsed ? new(parsed) : null;
        budget.EnsureDefined(input);
        return Numbers.TryDouble(input, out var number) ? new(number) : null;
    }

    private static IntValue? ToInteger(Value input, int radix, Budget budget)
    {
        if (input is StringValue { Text: var text })
        {
            if (ParseInteger(text, radix, budget) is { } integer) return IntValue.Of(integer);
            return ParseFloat(text, budget) is { } real ? Truncate(real, budget) : null;
        }

        budget.EnsureDefined(input);
        if (input is FloatValue { Number: var number }) return Truncate(number, budget);
        return Numbers.TryInteger(input, out var value) ? IntValue.Of(value) : null;
    }

    private static IntValue? Truncate(double number, Budget budget) => double.IsInfinity(number)
        ? throw budget.Error("cannot convert float infinity to integer")
        : double.IsNaN(number) ? null : IntValue.Of(new BigInteger(number));

    private static double? ParseFloat(string text, Budget budget)
    {
        budget.Scan(text.Length);
        var digits = Digits(text);
        if (digits is null) return null;
        var isInfinite = digits.TrimStart('+', '-').ToUpperInvariant() is "INF" or "INFINITY";
        if (isInfinite) return digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (digits.TrimStart('+', '-').Equals("nan", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(digits, Style, CultureInfo.InvariantCulture, out var number)
            && digits.AsSpan().ContainsAnyInRange('0', '9')
            ? number
            : null;
    }

    private static BigInteger? ParseInteger(string text, int radix, Budget budget)
    {
        budget.Scan(text.Length);
        if (radix is < 2 or > 36 && radix != 0 || Digits(text) is not { } digits) return null;
        var isNegative = digits[0] == '-';
        if (digits[0] is '+' or '-') digits = digits[1..];
        var prefix = digits.Length > 2 && digits[0] == '0'
            ? char.ToLowerInvariant(digits[1]) switch { 'b' => 2, 'o' => 8, 'x' => 16, _ => 0 }
            : 0;
        if (prefix != 0 && radix == prefix || prefix != 0 && radix == 0) (radix, digits) = (prefix, digits[2..]);
        if (radix == 0) radix = 10;
        budget.EnsureInteger((long)(digits.Length * Math.Log2(radix)));
        budget.Compute(digits.Length * 6, digits.Length * 6);
        var number = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit < 0 || digit >= radix) return null;
            number = number * radix + digit;
        }

        return digits.Length == 0 ? null : isNegative ? -number : number;
    }

    /// <summary>
    /// Without white space around it and underscores between digits; null where an underscore stands elsewhere.
    /// </summary>
    private static string? Digits(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && StringText.IsSpace(text[start])) start++;
        while (end > start && StringText.IsSpace(text[end - 1])) end--;
        var trimmed = text[start..end];
        for (var i = 0; i < trimmed.Length; i++)
        {
            if (trimmed[i] != '_') continue;
            if (i == 0 || i + 1 == trimmed.Length || !char.IsAsciiLetterOrDigit(trimmed[i - 1])
                || !char.IsAsciiLetterOrDigit(trimmed[i + 1]))
            {
                return null;
            }
        }

        return trimmed.Length == 0 ? null : trimmed.Replace("_", "", StringComparison.Ordinal);
    }

    private static Value Round(Value input, BoundArguments arguments, Budget budget)
    {
        var precision = arguments.Integer(0, 0);
        var method = arguments.Text(1, "common");
        budget.Step(128 + Math.Min(Math.Abs(precision), 5_000));
        if (method is not ("common" or "ceil" or "floor")) throw budget.Error("round: method must be common, ceil or floor");
        if (!Numbers.TryDouble(input, out var number))
        {
            throw budget.Error(input, $"type {input.TypeName} doesn't define __round__ method");
        }

        if (method == "common") return input is FloatValue || precision >= 0 ? Rounded() : RoundInteger(input, precision);

        if (input is not FloatValue && precision >= 0) return new FloatValue(number);
        var scale = Math.Pow(10, precision);
        return new FloatValue((method == "ceil" ? Math.Ceiling(number * scale) : Math.Floor(number * scale)) / scale);

        Value Rounded() =>
            input is FloatValue ? new FloatValue(FloatText.Round(number, precision)) : Arithmetic.Plus(input, budget);
    }

    /// <summary>An integer rounded to tens, hundreds and so on; ties go to the even digit.</summary>
    private static IntValue RoundInteger(Value input, int precision)
    {
        _ = Numbers.TryInteger(input, out var number);
        if (precision < -4_300) return IntValue.Of(0);
        var unit = BigInteger.Pow(10, -precision);
        var half = unit / 2;
        var floor = number - ((number % unit) + unit) % unit;
        var rest = number - floor;
        var isUp = rest > half || rest == half && !(floor / unit).IsEven;
        return IntValue.Of(isUp ? floor + unit : floor);
    }

    private static StringValue FileSize(Value input, BoundArguments arguments, Budget budget)
    {
        if (ToFloat(input, budget) is not { Number: var bytes }) throw budget.Error("filesizeformat needs a number");
        var isBinary = arguments.Flag(0);
        var unit = isBinary ? 1024.0 : 1000.0;
        if (bytes == 1) return new("1 Byte");
        if (bytes < unit) return new(string.Create(CultureInfo.InvariantCulture, $"{(long)bytes} Bytes"));
        var names = isBinary
            ? new[] { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" }
            : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        var step = 0;
        while (step < names.Length - 1 && bytes >= Math.Pow(unit, step + 2)) step++;
        return new(FloatText.Fixed(bytes / Math.Pow(unit, step + 1), 1) + " " + names[step]);
    }
}

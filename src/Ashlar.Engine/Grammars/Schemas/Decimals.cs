using System.Globalization;
using System.Numerics;
using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Patterns;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>Sets of numbers as automata over decimal texts, exact to the last digit.</summary>
internal static class Decimals
{
    private const int MaxDigits = 1100; // the largest double has 309, the smallest some 1075 behind the point
    private const int MaxRemainders = 20_000;

    /// <summary>Every decimal text without exponent.</summary>
    public static Dfa All(CompileBudget budget) => Text(@"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", budget);

    /// <summary>The integers, however written.</summary>
    public static Dfa Integers(CompileBudget budget) => Text(@"-?(?:0|[1-9][0-9]*)(?:\.0+)?", budget);

    /// <summary>Integers as they are to be written: without fraction, and 0 without sign.</summary>
    public static Dfa IntegerSpelling(CompileBudget budget) => Text("0|-?[1-9][0-9]*", budget);

    /// <summary>Some numbers: all their texts, and the shortest of each.</summary>
    public static NumberSet Of(IEnumerable<DecimalNumber> numbers, CompileBudget budget)
    {
        List<string> whole = [];
        List<string> broken = [];
        foreach (var number in numbers) (number.Fraction.Length == 0 ? whole : broken).Add(number.ToString());
        var spelling = Dfa.Of(whole.Concat(broken), budget);
        var values = Dfa.None;
        if (whole.Count > 0)
        {
            var options = string.Join('|', whole.Select(text => text == "0" ? "-?0" : text));
            values = Text($@"(?:{options})(?:\.0+)?", budget);
        }

        if (broken.Count > 0)
        {
            var options = string.Join('|', broken.Select(text => text.Replace(".", "\\.", StringComparison.Ordinal)));
            values = DfaOperations.Or(values, Text($"(?:{options})0*", budget), budget);
        }

        return new(values, spelling);
    }

    /// <summary>The numbers whose order to a bound (-1 below, 0 equal, 1 above) is among those wanted.</summary>
    public static Dfa Compared(DecimalNumber bound, Func<int, bool> wanted, CompileBudget budget)
    {
        var (digits, fraction) = (bound.Whole, bound.Fraction);
        return DfaExplorer.Explore(
            new Comparison(Phase.Start, false, 0, 0),
            at => at.Phase is Phase.Zero or Phase.Whole or Phase.Fraction && wanted(Order(at)),
            (at, edges) =>
            {
                if (at.Phase == Phase.Start) edges.Add(('-', '-', at with { Phase = Phase.Sign, Negative = true }));
                if (at.Phase is Phase.Zero or Phase.Whole)
                {
                    edges.Add(('.', '.', at with { Phase = Phase.Point, Position = 0, Order = WholeOrder(at) }));
                    if (at.Phase == Phase.Zero) return;
                }

                for (var digit = '0'; digit <= '9'; digit++)
                {
                    var first = at.Phase is Phase.Start or Phase.Sign;
                    edges.Add((digit, digit, first || at.Phase == Phase.Whole
                        ? at with
                        {
                            Phase = first && digit == '0' ? Phase.Zero : Phase.Whole,
                            Position = Math.Min(at.Position + 1, digits.Length + 1),
                            Order = at.Order != 0 || at.Position >= digits.Length ? at.Order : Sign(digit - digits[at.Position]),
                        }
                        : at with
                        {
                            Phase = Phase.Fraction,
                            Position = at.Order != 0 ? 0 : Math.Min(at.Position + 1, fraction.Length),
                            Order = at.Order != 0 ? at.Order
                                : Sign(digit - (at.Position < fraction.Length ? fraction[at.Position] : '0')),
                        }));
                }
            },
            budget);

        int WholeOrder(Comparison at) => at.Position < digits.Length ? -1 : at.Position > digits.Length ? 1 : at.Order;

        int Order(Comparison at)
        {
            var order = at.Phase == Phase.Fraction ? at.Order : WholeOrder(at);
            if (order == 0 && (at.Phase == Phase.Fraction ? at.Position : 0) < fraction.Length) order = -1;
            // The order of the sizes; now the signs.
            if (bound.IsNegative) return at.Negative ? -order : 1;
            return !at.Negative ? order : bound.IsZero && order == 0 ? 0 : -1;
        }

        static int Sign(int difference) => Math.Sign(difference);
    }

    /// <summary>The multiples of a positive number; null where it has too many digits for an automaton.</summary>
    public static Dfa? MultiplesOf(DecimalNumber step, CompileBudget budget)
    {
        var scaled = BigInteger.Parse(step.Whole + step.Fraction, CultureInfo.InvariantCulture);
        var places = step.Fraction.Length;
        if (scaled * (places + 2) > MaxRemainders) return null;
        var modulus = (int)scaled;
        return DfaExplorer.Explore(
            (Phase: Phase.Start, Remainder: 0, Places: 0),
            at =>
            {
                if (at.Phase is not (Phase.Zero or Phase.Whole or Phase.Fraction)) return false;
                long remainder = at.Remainder;
                for (var i = at.Places; i < places; i++) remainder = remainder * 10 % modulus;
                return remainder == 0;
            },
            (at, edges) =>
            {
                if (at.Phase == Phase.Start) edges.Add(('-', '-', at with { Phase = Phase.Sign }));
                if (at.Phase is Phase.Zero or Phase.Whole) edges.Add(('.', '.', at with { Phase = Phase.Point }));
                if (at.Phase == Phase.Zero) return;
                var broken = at.Phase is Phase.Point or Phase.Fraction;
                for (var digit = '0'; digit <= '9'; digit++)
                {
                    if (broken && at.Places == places)
                    {
                        if (digit == '0') edges.Add((digit, digit, at with { Phase = Phase.Fraction }));
                        continue;
                    }

                    var next = (int)((((long)at.Remainder * 10) + digit - '0') % modulus);
                    var phase = broken ? Phase.Fraction : at.Phase != Phase.Whole && digit == '0' ? Phase.Zero : Phase.Whole;
                    edges.Add((digit, digit, (phase, next, broken ? at.Places + 1 : 0)));
                }
            },
            budget);
    }

    /// <summary>The order of two numbers: -1, 0 or 1.</summary>
    public static int Compare(DecimalNumber left, DecimalNumber right)
    {
        if (left.IsNegative != right.IsNegative) return left.IsNegative ? -1 : 1;
        var order = left.Whole.Length != right.Whole.Length
            ? left.Whole.Length.CompareTo(right.Whole.Length)
            : string.CompareOrdinal(left.Whole, right.Whole) is var whole and not 0 ? whole
            : string.CompareOrdinal(left.Fraction, right.Fraction);
        return Math.Sign(order) * (left.IsNegative ? -1 : 1);
    }

    /// <summary>Reads a JSON number; null where it has too many digits.</summary>
    public static DecimalNumber? Parse(string text)
    {
        var negative = text.StartsWith('-');
        if (negative) text = text[1..];
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var exponent = 0;
        if (exponentAt >= 0)
        {
            var digits = text.AsSpan(exponentAt + 1);
            if (!int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return null;
            text = text[..exponentAt];
        }

        if (text.Length > MaxDigits || Math.Abs((long)exponent) > MaxDigits) return null;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (text, "") : (text[..point], text[(point + 1)..]);
        if (exponent > 0)
        {
            fraction = fraction.PadRight(exponent, '0');
            (whole, fraction) = (whole + fraction[..exponent], fraction[exponent..]);
        }
        else if (exponent < 0)
        {
            whole = whole.PadLeft(1 - exponent, '0');
            (whole, fraction) = (whole[..^-exponent], whole[^-exponent..] + fraction);
        }

        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        return new(negative && whole.Length + fraction.Length > 0, whole.Length == 0 ? "0" : whole, fraction);
    }

    private static Dfa Text(string pattern, CompileBudget budget) => PatternCompiler.Whole(pattern, budget.Place, budget);

    private enum Phase : byte
    {
        Start,
        Sign,
        Zero,
        Whole,
        Point,
        Fraction,
    }

    // How the digits so far compare with as many of the bound's.
    private readonly record struct Comparison(Phase Phase, bool Negative, int Position, int Order);
}

/// <summary>A decimal number: digits before the point without leading zeros, digits behind it without trailing ones.</summary>
internal sealed record DecimalNumber(bool IsNegative, string Whole, string Fraction)
{
    public bool IsZero => Whole == "0" && Fraction.Length == 0;

    public override string ToString() => $"{(IsNegative ? "-" : "")}{Whole}{(Fraction.Length > 0 ? "." : "")}{Fraction}";
}

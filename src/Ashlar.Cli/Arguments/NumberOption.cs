using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Ashlar.Cli.Arguments;

/// <summary>Options that take a number within a range; any other value is an error that names the option and the range.</summary>
internal static class NumberOption
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private const NumberStyles StyleOfReals = Style | NumberStyles.AllowExponent;

    /// <summary>Makes an option, null where it is not given.</summary>
    /// <param name="names">Its name, and other names for it.</param>
    /// <param name="range">The range in words, for instance <c>1 or more</c>.</param>
    /// <param name="isInRange">Whether a number is in the range.</param>
    /// <param name="description">What it does, for the help page.</param>
    public static Option<T?> Create<T>(string[] names, string range, Func<T, bool> isInRange, string description)
        where T : struct, INumber<T> => new(names[0], names[1..])
        {
            Description = description,
            HelpName = IsWhole<T>() ? "N" : "X",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var style = IsWhole<T>() ? Style : StyleOfReals;
                if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && isInRange(number)) return number;

                var kind = number is float or double ? "a number" : "a whole number";
                result.AddError($"{names[0]} is '{text}'; it must be {kind}, {range}");
                return null;
            },
        };

    /// <summary>An option that takes a whole number, 1 or more.</summary>
    public static Option<int?> Count(string[] names, string description) =>
        Create<int>(names, "1 or more", count => count >= 1, description);

    private static bool IsWhole<T>() where T : struct, INumber<T> => T.IsInteger(T.One / (T.One + T.One));
}

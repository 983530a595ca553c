namespace Ashlar.Tiny.Sums;

/// <summary>Numbers from 0 to 1998 in words: "three hundred and forty-five".</summary>
internal static class NumberWords
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>A number in words.</summary>
    public static string Of(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[number / 10] + (number % 10 == 0 ? "" : "-" + Small[number % 10]),
        < 1000 => $"{Small[number / 100]} hundred{Rest(number % 100)}",
        _ => $"{Of(number / 1000)} thousand{(number % 1000 < 100 ? Rest(number % 1000) : " " + Of(number % 1000))}",
    };

    /// <summary>The number that words stand for, or null.</summary>
    public static int? Parse(string words)
    {
        for (var number = 0; number < 2000; number++)
        {
            if (string.Equals(Of(number), words, StringComparison.OrdinalIgnoreCase)) return number;
        }

        return null;
    }

    private static string Rest(int number) => number == 0 ? "" : " and " + Of(number);
}

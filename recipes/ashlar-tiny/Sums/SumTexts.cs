using System.Globalization;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Sums;

/// <summary>Sums in digits and in words, asked in many ways, with the answer alone or worked out.</summary>
internal static class SumTexts
{
    private static readonly string[] Additions =
    [
        "What is {a} plus {b}?", "How much is {a} plus {b}?", "What is {a} and {b}[| together]?", "Add {a} and {b}.", "What is the sum of {a} and {b}?",
        "[Please add|Can you add] {a} [and|to] {b}[.|?]", "{a} plus {b} is what?", "Tell me {a} plus {b}.", "I have {a} and get {b} more. How many [have I|do I have]?",
    ];

    private static readonly string[] Subtractions =
    [
        "What is {a} minus {b}?", "How much is {a} minus {b}?", "What is {a} less {b}?", "Take {b} from {a}.", "Subtract {b} from {a}.",
        "What is left of {a} if I take {b} away?", "{a} minus {b} is what?", "Tell me {a} minus {b}.", "I have {a} and give away {b}. How many [are left|have I]?",
        "What is the difference of {a} and {b}?",
    ];

    private static readonly string[] HeldOutAdditions = ["Could you tell me what {a} plus {b} is?", "What do I get when I add {a} and {b}?"];
    private static readonly string[] HeldOutSubtractions = ["Could you tell me what {a} minus {b} is?", "What do I get when I take {b} from {a}?"];
    private static readonly string[] Signs = ["{a} {sign} {b}", "{a} {sign} {b} =", "What is {a} {sign} {b}?", "Compute {a} {sign} {b}.", "{a} {sign} {b} = ?"];
    private static readonly string[] Working = [" Show [your work|how].", " Step by step.", " Work it out."];

    /// <summary>A sum whose parts have one to three digits.</summary>
    public static Sum Draw(Draw draw)
    {
        var (a, b) = (Number(draw), Number(draw));
        var adds = draw.Chance(50);
        return adds || a >= b ? new(a, b, adds) : new(b, a, false);
    }

    /// <summary>A question and its answer.</summary>
    public static (string Question, string Answer) Ask(Sum sum, Draw draw, bool heldOut)
    {
        var inWords = draw.Chance(30);
        var forms = heldOut
            ? sum.IsAddition ? HeldOutAdditions : HeldOutSubtractions
            : !inWords && draw.Chance(50) ? Signs : sum.IsAddition ? Additions : Subtractions;
        var question = Phrase.Say(
            draw, draw.Pick(forms), ("a", Say(sum.Left, inWords)), ("b", Say(sum.Right, inWords)),
            ("sign", sum.IsAddition ? "+" : "-"));
        question = char.ToUpperInvariant(question[0]) + question[1..];
        if (!inWords && draw.Chance(25)) return (question + Phrase.Say(draw, draw.Pick(Working)), sum.Worked());
        return (question, Say(sum.Result, inWords) + ".");
    }

    /// <summary>Sums as text: a few in a row, or one worked out.</summary>
    public static string Text(Draw draw)
    {
        var lines = new string[draw.Between(3, 8)];
        for (var i = 0; i < lines.Length; i++)
        {
            var sum = Draw(draw);
            var sign = sum.IsAddition ? "+" : "-";
            lines[i] = draw.Below(5) switch
            {
                0 => Invariant($"{sum.Left} {sign} {sum.Right}: {sum.Worked()}"),
                1 => Sentence($"{NumberWords.Of(sum.Left)} {(sum.IsAddition ? "plus" : "minus")} {NumberWords.Of(sum.Right)} "
                    + $"is {NumberWords.Of(sum.Result)}."),
                2 => Invariant($"{NumberWords.Of(sum.Left)} is {sum.Left}."),
                _ => Invariant($"{sum.Left} {sign} {sum.Right} = {sum.Result}"),
            };
        }

        return string.Join('\n', lines);
    }

    /// <summary>Whether an answer ends with the right number, in digits or in words.</summary>
    public static bool IsRight(int expected, string answer)
    {
        var text = answer.Trim().TrimEnd('.').Trim();
        if (NumberWords.Parse(text) is { } spoken) return spoken == expected;
        var digits = text.Length;
        while (digits > 0 && char.IsAsciiDigit(text[digits - 1])) digits--;
        var isAlone = digits == 0 || text[digits - 1] is ' ';
        return isAlone && int.TryParse(text[digits..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number == expected && !text[..digits].TrimEnd().EndsWith('-');
    }

    private static string Say(int number, bool inWords) => inWords ? NumberWords.Of(number) : Invariant($"{number}");

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    // Numbers of few digits are few; they come more often than their share.
    private static int Number(Draw draw) => draw.Below(4) switch { 0 => draw.Below(10), 1 => draw.Between(10, 99), _ => draw.Between(100, 999) };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

using System.Text;

namespace Ashlar.Tiny.Drawing;

/// <summary>
/// Words that mean nothing. A model cannot know them: where one is asked for, it must be read from what stands before.
/// </summary>
internal static class Coined
{
    private static readonly string[] Begins =
        ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z"];

    private static readonly string[] Vowels = ["a", "e", "i", "o", "u"];
    private static readonly string[] Ends = ["", "", "", "l", "n", "r", "s"];
    private static readonly int[] Syllables = [1, 2, 2, 2, 2, 3];

    /// <summary>A word of one to three syllables, in small letters.</summary>
    public static string Word(Draw draw)
    {
        var word = new StringBuilder();
        for (var syllables = draw.Pick(Syllables); syllables > 0; syllables--)
        {
            word.Append(draw.Pick(Begins)).Append(draw.Pick(Vowels)).Append(draw.Pick(Ends));
        }

        return word.Length > 2 ? word.ToString() : Word(draw);
    }

    /// <summary>A word that begins with a capital letter.</summary>
    public static string Name(Draw draw)
    {
        var word = Word(draw);
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    /// <summary>Several words with spaces between.</summary>
    public static string Words(Draw draw, int least, int most) =>
        string.Join(' ', Enumerable.Range(0, draw.Between(least, most)).Select(_ => Word(draw)));

    /// <summary>Several names with spaces between.</summary>
    public static string Names(Draw draw, int least, int most) =>
        string.Join(' ', Enumerable.Range(0, draw.Between(least, most)).Select(_ => Name(draw)));
}

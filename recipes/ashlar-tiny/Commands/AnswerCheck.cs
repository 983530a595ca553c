using System.Text;

namespace Ashlar.Tiny.Commands;

/// <summary>Judges answers: right is what says the same command, option, value or sentence, whatever the spaces and marks around.</summary>
internal static class AnswerCheck
{
    /// <summary>Whether an answer is right.</summary>
    public static bool IsRight(string expected, string answer) => Normalize(expected) == Normalize(answer);

    // Back quotes, quotes and a last full stop say nothing; nor does the case of the first letter of a sentence.
    internal static string Normalize(string answer)
    {
        var text = new StringBuilder();
        foreach (var letter in answer)
        {
            if (letter is '`' or '"') continue;
            if (!char.IsWhiteSpace(letter)) text.Append(letter);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }

        var normal = text.ToString().Trim().TrimEnd('.');
        return normal.Length > 1 && char.IsUpper(normal[0]) && char.IsLower(normal[1])
            ? char.ToLowerInvariant(normal[0]) + normal[1..]
            : normal;
    }
}

using System.Collections.Concurrent;
using System.Text;

namespace Ashlar.Tiny.Drawing;

/// <summary>
/// A sentence with places where it varies: <c>[a|b]</c> is one of its parts, which may be empty and hold further ones, and
/// <c>{name}</c> a word that is filled in.
/// </summary>
internal sealed class Phrase
{
    private static readonly ConcurrentDictionary<string, Phrase> Known = new(StringComparer.Ordinal);
    private readonly object[] _parts; // a string, a Slot or a Phrase[] of which one is taken

    private Phrase(object[] parts) => _parts = parts;

    /// <summary>Reads a phrase; the same one is read once.</summary>
    public static Phrase Of(string text) => Known.GetOrAdd(text, static source =>
    {
        var at = 0;
        var phrase = Read(source, ref at);
        return at == source.Length ? phrase : throw new FormatException($"'{source}' has a bracket too many at {at}");
    });

    /// <summary>Says one of a phrase's forms.</summary>
    public static string Say(Draw draw, string phrase, params ReadOnlySpan<(string Name, string Value)> words)
    {
        var given = words.ToArray();
        var text = new StringBuilder();
        Of(phrase).Write(draw, name => Find(given, name), text);
        return text.ToString();
    }

    /// <summary>Writes one of the forms; words are asked for in the order in which they stand.</summary>
    public void Write(Draw draw, Func<string, string> word, StringBuilder text)
    {
        foreach (var part in _parts)
        {
            switch (part)
            {
                case string fixedText:
                    text.Append(fixedText);
                    break;
                case Slot slot:
                    text.Append(word(slot.Name));
                    break;
                default:
                    draw.Pick((Phrase[])part).Write(draw, word, text);
                    break;
            }
        }
    }


    private static string Find((string Name, string Value)[] words, string name)
    {
        foreach (var word in words)
        {
            if (word.Name == name) return word.Value;
        }

        throw new ArgumentException($"a phrase asks for '{name}', which is not given");
    }

    private static Phrase Read(string source, ref int at)
    {
        List<object> parts = [];
        while (at < source.Length && source[at] is not ('|' or ']'))
        {
            if (source[at] == '{')
            {
                var end = source.IndexOf('}', at);
                parts.Add(new Slot(source[(at + 1)..end]));
                at = end + 1;
            }
            else if (source[at] == '[')
            {
                List<Phrase> choices = [];
                do
                {
                    at++;
                    choices.Add(Read(source, ref at));
                }
                while (at < source.Length && source[at] == '|');
                if (at == source.Length) throw new FormatException($"'{source}' has a bracket that is not closed");
                at++;
                parts.Add(choices.ToArray());
            }
            else
            {
                var end = source.AsSpan(at).IndexOfAny("{[|]");
                if (end < 0) end = source.Length - at;
                parts.Add(source.Substring(at, end));
                at += end;
            }
        }

        return new Phrase([.. parts]);
    }

    private sealed record Slot(string Name);
}

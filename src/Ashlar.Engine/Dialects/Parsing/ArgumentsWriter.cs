namespace Ashlar.Engine.Dialects;

/// <summary>Passes on a call's arguments as far as they can be the beginning of a JSON object.</summary>
internal sealed class ArgumentsWriter(Action<ReadOnlySpan<char>> write)
{
    private readonly JsonProgress _json = new();
    private bool _hasBegun;

    /// <summary>Whether the object is whole.</summary>
    public bool IsWhole => _json.IsWhole;

    /// <summary>Whether anything was taken but white space.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Takes characters up to the end of the object, or to the first that is wrong.</summary>
    /// <returns>How many were taken.</returns>
    public int Take(ReadOnlySpan<char> text)
    {
        var written = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i];
            if (!_hasBegun)
            {
                if (char.IsWhiteSpace(next))
                {
                    written = i + 1;
                    continue;
                }

                if (next != '{') return i;
                _hasBegun = true;
            }

            if (_json.IsInString && next < ' ')
            {
                // Models break lines within strings, which JSON forbids; what was meant is plain.
                write(text[written..i]);
                write(EscapeOf(next));
                written = i + 1;
            }
            else if (_json.IsWhole || !_json.Take(next))
            {
                write(text[written..i]);
                return i;
            }
        }

        write(text[written..]);
        return text.Length;
    }

    private static string EscapeOf(char control) => control switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => FormattableString.Invariant($"\\u{(int)control:x4}"),
    };
}

using System.Globalization;
using System.Text;

namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// Characters inside JSON strings in the one way that this engine writes values which a schema restricts: quotation mark,
/// reverse solidus and control characters are escaped, the latter by their letter where they have one; all else stands for
/// itself.
/// </summary>
internal static class JsonCharacters
{
    // Runs of characters whose escapes differ in their last character only.
    private static readonly (int First, int Last)[] Escaped =
    [
        (0, 7), (8, 8), (9, 9), (10, 10), (11, 11), (12, 12), (13, 13), (14, 15), (16, 25), (26, 31), (34, 34), (92, 92),
    ];

    public static void Add(NetworkBuilder network, int from, int first, int last, int to)
    {
        AddEscapes(network, from, first, last, to);
        foreach (var (low, high) in (ReadOnlySpan<(int, int)>)[(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF)])
        {
            var (start, end) = (Math.Max(first, low), Math.Min(last, high));
            if (start <= end) network.AddCodePoints(from, start, end, to);
        }
    }

    /// <summary>The text of a string between its quotation marks.</summary>
    public static byte[] Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is < ' ' or '"' or '\\') escaped.Append('\\').Append(EscapeOf(character));
            else escaped.Append(character);
        }

        return Encoding.UTF8.GetBytes(escaped.ToString());
    }

    // Escapes share their last bytes wherever they lead to one state.
    private static void AddEscapes(NetworkBuilder network, int from, int first, int last, int to)
    {
        foreach (var (low, high) in Escaped)
        {
            var (start, end) = (Math.Max(first, low), Math.Min(last, high));
            if (start > end) continue;
            var (one, other) = (EscapeOf(start), EscapeOf(end));
            var next = to;
            for (var i = one.Length - 1; i >= 0; i--) next = network.Tail(((byte)one[i], (byte)other[i]), next);
            network.AddByte(from, (byte)'\\', (byte)'\\', next);
        }
    }

    private static string EscapeOf(int code) => code switch
    {
        '"' => "\"",
        '\\' => "\\",
        '\b' => "b",
        '\f' => "f",
        '\n' => "n",
        '\r' => "r",
        '\t' => "t",
        _ => string.Create(CultureInfo.InvariantCulture, $"u{code:x4}"),
    };
}

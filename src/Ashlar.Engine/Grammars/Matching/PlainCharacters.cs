using System.Buffers;
using System.Text;

namespace Ashlar.Engine.Grammars.Matching;

/// <summary>The characters that stand for themselves in a JSON string: all but controls, quotation mark and reverse
/// solidus.</summary>
internal static class PlainCharacters
{
    /// <summary>How many characters bytes have if they are whole plain characters; otherwise, and for no bytes, -1.</summary>
    public static int CountIn(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return -1;
        var count = 0;
        while (!bytes.IsEmpty)
        {
            if (bytes[0] is < 0x20 or (byte)'"' or (byte)'\\') return -1;
            if (Rune.DecodeFromUtf8(bytes, out _, out var length) != OperationStatus.Done) return -1;
            bytes = bytes[length..];
            count++;
        }

        return count;
    }
}

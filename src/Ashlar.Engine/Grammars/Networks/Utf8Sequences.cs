namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// A range of code points as sequences of byte ranges: each sequence stands for all code points whose bytes lie in its ranges.
/// Surrogates and overlong forms have none.
/// </summary>
internal static class Utf8Sequences
{
    // Where the number of bytes changes, and around the surrogates.
    private static readonly (int First, int Last)[] Lengths =
        [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)];

    public static IEnumerable<(byte First, byte Last)[]> Of(int first, int last)
    {
        foreach (var (low, high) in Lengths)
        {
            if (first > high || last < low) continue;
            foreach (var sequence in Split(Math.Max(first, low), Math.Min(last, high), LengthOf(low))) yield return sequence;
        }
    }

    // Both ends have the same number of bytes. Cuts off what does not fill whole blocks of 64, 4096, ...
    private static IEnumerable<(byte First, byte Last)[]> Split(int first, int last, int length)
    {
        for (var bits = 6; bits < length * 6; bits += 6)
        {
            var block = (1 << bits) - 1;
            if ((first & ~block) == (last & ~block)) break;
            if ((first & block) != 0)
            {
                foreach (var part in Split(first, first | block, length)) yield return part;
                foreach (var part in Split((first | block) + 1, last, length)) yield return part;
                yield break;
            }

            if ((last & block) != block)
            {
                foreach (var part in Split(first, (last & ~block) - 1, length)) yield return part;
                foreach (var part in Split(last & ~block, last, length)) yield return part;
                yield break;
            }
        }

        var sequence = new (byte, byte)[length];
        for (var i = 0; i < length; i++) sequence[i] = (ByteAt(first, i, length), ByteAt(last, i, length));
        yield return sequence;
    }

    private static int LengthOf(int code) => code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    private static byte ByteAt(int code, int index, int length)
    {
        if (length == 1) return (byte)code;
        var bits = (length - 1 - index) * 6;
        return index > 0 ? (byte)(0x80 | ((code >> bits) & 0x3F)) : (byte)((0xF00 >> length) | (code >> bits));
    }
}

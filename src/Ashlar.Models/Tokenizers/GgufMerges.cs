using System.Runtime.CompilerServices;
using System.Text;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>tokenizer.ggml.merges</c>: "left right" in order of rank, spelled in the alphabet of bytes.</summary>
internal static class GgufMerges
{
    // Compiled at full strength at once: the loop is run but once, and long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static MergeTable Read(GgufStrings merges, Vocabulary vocabulary)
    {
        if (merges.Count > MergeTable.MostMerges)
        {
            throw new InvalidDataException(
                $"tokenizer.ggml.merges has {merges.Count} merges, where up to {MergeTable.MostMerges} are read; "
                + "convert the model again");
        }

        var table = new MergeTable(merges.Count);
        Span<byte> buffer = stackalloc byte[1024];
        for (var i = 0; i < merges.Count; i++)
        {
            var text = merges.Utf8(i).Span;
            var space = text.Length > 1 ? text[1..].IndexOf((byte)' ') + 1 : 0;
            if (space == 0 || text.Length > buffer.Length
                || !TryFind(text[..space], buffer, vocabulary, out var left, out var leftLength)
                || !TryFind(text[(space + 1)..], buffer[leftLength..], vocabulary, out var right, out var rightLength)
                || !vocabulary.TryFind(buffer[..(leftLength + rightLength)], out var merged))
            {
                var name = Printable.Name(Encoding.UTF8.GetString(text));
                throw new InvalidDataException(
                    $"tokenizer.ggml.merges[{i}] is '{name}', which does not join two tokens to a third; "
                    + "convert the model again");
            }

            table.Add(left, right, merged);
        }

        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFind(ReadOnlySpan<byte> text, Span<byte> buffer, Vocabulary vocabulary, out int id, out int length)
    {
        id = -1;
        return ByteLevelAlphabet.TryDecode(text, buffer, out length) && vocabulary.TryFind(buffer[..length], out id);
    }
}

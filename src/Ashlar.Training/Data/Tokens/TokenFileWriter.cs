using System.Runtime.InteropServices;
using Ashlar.Training.Data.Documents;

namespace Ashlar.Training.Data.Tokens;

/// <summary>Writes token files: under another name first, so that who finds the file finds all of it.</summary>
internal static class TokenFileWriter
{
    /// <summary>Writes documents in the order they come; of memory it takes the mask and 8 bytes a document.</summary>
    /// <exception cref="InvalidDataException">There is no document with a token.</exception>
    public static void Write(string path, int vocabularySize, bool hasMask, IEnumerable<Document> documents)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                Write(stream, path, vocabularySize, hasMask, documents);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static void Write(
        FileStream stream, string path, int vocabularySize, bool hasMask, IEnumerable<Document> documents)
    {
        var width = TokenFileHeader.TokenBytesOf(vocabularySize);
        var (ends, mask, tokens) = (new List<long>(), new List<bool>(), 0L);
        stream.Write(new byte[TokenFileHeader.Bytes]);
        foreach (var (ids, learnt) in documents)
        {
            if (ids.Length == 0) continue;
            if (width == 2) stream.Write(MemoryMarshal.AsBytes(Array.ConvertAll(ids, id => (ushort)id).AsSpan()));
            else stream.Write(MemoryMarshal.AsBytes(ids.AsSpan()));
            if (hasMask) mask.AddRange(learnt ?? Enumerable.Repeat(true, ids.Length));
            ends.Add(tokens += ids.Length);
        }

        if (tokens == 0) throw new InvalidDataException($"no token came of the data for '{path}'; give other data");
        Pad();
        stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(mask)));
        Pad();
        stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ends)));
        stream.Position = 0;
        stream.Write(new TokenFileHeader(width, vocabularySize, hasMask, ends.Count, tokens).Write());

        void Pad() => stream.Write(new byte[TokenFileHeader.Round(stream.Position) - stream.Position]);
    }
}

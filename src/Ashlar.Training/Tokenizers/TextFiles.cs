using System.Text.Json;

namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Texts in files, read as they are asked for. A file is one text, of any length; but of one named <c>.jsonl</c> each line is a
/// JSON object with a <c>text</c>, or with <c>messages</c> of which each <c>content</c> is a text.
/// </summary>
public static class TextFiles
{
    private const int MostLineBytes = 1 << 28;

    /// <summary>The texts of the files; a long one comes in blocks that are safe to count one by one.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not as said; the message names file and line.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths.SelectMany(path =>
            path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? ReadLines(path) : ReadBlocks(path));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadBlocks(string path)
    {
        using var file = File.OpenRead(path);
        var rest = ReadOnlyMemory<byte>.Empty;
        while (true)
        {
            var block = new byte[TextBlocks.MostBytes];
            rest.CopyTo(block);
            var length = rest.Length + file.ReadAtLeast(block.AsSpan(rest.Length), block.Length - rest.Length, false);
            if (length < block.Length)
            {
                if (length > 0) yield return block.AsMemory(0, length);
                yield break;
            }

            var end = TextBlocks.LastCut(block);
            yield return block.AsMemory(0, end);
            rest = block.AsMemory(end);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadLines(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[1 << 16];
        var (start, end, number) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                if (end == MostLineBytes) throw Malformed(path, number + 1, $"has more than {MostLineBytes >> 20} MiB");
                if (end == buffer.Length) Array.Resize(ref buffer, Math.Min(MostLineBytes, buffer.Length * 2));
                var count = file.Read(buffer, end, buffer.Length - end);
                end += count;
                if (count > 0) continue;
                if (end == 0) yield break;
                length = end;
            }

            var line = buffer.AsMemory(start, length);
            start = Math.Min(end, start + length + 1);
            number++;
            if (IsBlank(line.Span)) continue;
            foreach (var text in Texts(path, number, line)) yield return text;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');

    private static List<ReadOnlyMemory<byte>> Texts(string path, int number, ReadOnlyMemory<byte> line)
    {
        List<ReadOnlyMemory<byte>> texts = [];
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Malformed(path, number, "is no JSON object");
            if (root.TryGetProperty("text", out var text)) texts.Add(Utf8(text));
            else if (root.TryGetProperty("messages", out var messages))
            {
                foreach (var message in messages.EnumerateArray())
                {
                    if (message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String)
                    {
                        texts.Add(Utf8(content));
                    }
                }
            }
            else throw Malformed(path, number, "has neither 'text' nor 'messages'");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed(path, number, $"is not as it must be: {error.Message}");
        }

        return texts;
    }

    private static ReadOnlyMemory<byte> Utf8(JsonElement text) =>
        System.Text.Encoding.UTF8.GetBytes(text.GetString() ?? throw new JsonException("a text is null"));

    private static InvalidDataException Malformed(string path, int number, string problem) =>
        new($"'{path}': line {number} {problem}; each line must be an object with 'text' or with 'messages'");
}

using System.Text.Json;

namespace Ashlar.Training.Data.Documents;

/// <summary>Files with one JSON object a line.</summary>
internal static class JsonLines
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>The objects with the lines they stand in, counted from 1; empty lines are left out.</summary>
    /// <exception cref="InvalidDataException">A line is no JSON object; the message names file and line.</exception>
    public static IEnumerable<(long Line, JsonElement Value)> Read(string path)
    {
        var text = Utf8Text.Read(path);
        for (var line = 1L; !text.IsEmpty; line++)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var bytes = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!bytes.Span.Trim(" \t\r"u8).IsEmpty) yield return (line, Parse(path, line, bytes));
        }
    }

    /// <summary>A member that must be text.</summary>
    /// <exception cref="InvalidDataException">It is missing or no text; the message names file, line and the members that there
    /// are.</exception>
    public static string Text(string path, long line, JsonElement value, string field)
    {
        if (!value.TryGetProperty(field, out var member))
        {
            var members = string.Join(", ", value.EnumerateObject().Take(8).Select(other => $"'{other.Name}'"));
            throw SampleError.At(path, line,
                $"the object has no field '{field}'; it has {(members.Length > 0 ? members : "none")}");
        }

        return member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw SampleError.At(path, line, $"field '{field}' is {member.ValueKind}, where text is wanted");
    }

    private static JsonElement Parse(string path, long line, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw SampleError.At(path, line,
                    $"the line is JSON {document.RootElement.ValueKind}, where an object is wanted");
        }
        catch (JsonException error)
        {
            throw SampleError.At(path, line, $"the line is no JSON (byte {error.BytePositionInLine + 1}); "
                + "write one object on each line", error);
        }
    }
}

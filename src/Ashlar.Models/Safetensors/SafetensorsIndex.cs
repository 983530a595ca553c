using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ashlar.Models.Storage;

namespace Ashlar.Models.Safetensors;

/// <summary>
/// The index of a sharded model, <c>model.safetensors.index.json</c>: for each tensor the file beside the index that has it.
/// </summary>
internal static class SafetensorsIndex
{
    public const string FileName = "model.safetensors.index.json";

    private const int LongestName = 255;

    /// <summary>The name of the shard of each tensor, in the order of the index.</summary>
    /// <exception cref="InvalidDataException">The index breaks a rule; the message names the place and the mend.</exception>
    public static unsafe OrderedDictionary<string, string> Read(string path)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > SafetensorsLimits.IndexBytes)
        {
            SafetensorsHeader.Fail(
                path, "index (byte 0)", $"has {file.Length} bytes, where at most {SafetensorsLimits.IndexBytes} are read");
        }

        var json = new Utf8JsonReader(
            new ReadOnlySpan<byte>(file.Start, (int)file.Length), new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            return Read(ref json, path);
        }
        catch (JsonException error)
        {
            Fail(path, json, $"is not valid JSON ({Printable.Name(error.Message.Split(" LineNumber")[0])})");
        }
        catch (InvalidOperationException)
        {
            Fail(path, json, "holds a text that is not valid Unicode");
        }

        return null;
    }

    private static OrderedDictionary<string, string> Read(ref Utf8JsonReader json, string path)
    {
        OrderedDictionary<string, string>? map = null;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) Fail(path, json, "is not an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("weight_map"u8))
            {
                json.Skip(); // 'metadata': sizes that the shards tell better
            }
            else
            {
                if (map is not null) Fail(path, json, "has 'weight_map' twice");
                map = ReadMap(ref json, path);
            }
        }

        if (json.Read()) Fail(path, json, "goes on after its end");
        if (map is null) Fail(path, json, "has no 'weight_map'");
        return map;
    }

    private static OrderedDictionary<string, string> ReadMap(ref Utf8JsonReader json, string path)
    {
        var map = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var shards = new Dictionary<string, string>(StringComparer.Ordinal); // one string for each shard, not for each tensor
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            Fail(path, json, "has a 'weight_map' that is not an object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (map.Count == SafetensorsLimits.IndexTensors)
            {
                Fail(path, json, $"names more than the {SafetensorsLimits.IndexTensors} tensors that are read");
            }

            var name = json.GetString()!;
            if (!json.Read() || json.TokenType != JsonTokenType.String)
            {
                Fail(path, json, $"has no file name for tensor '{Printable.Name(name)}'");
            }

            if (json.ValueSpan.Length > LongestName)
            {
                Fail(path, json, $"has a file name of more than {LongestName} bytes for tensor '{Printable.Name(name)}'");
            }

            var file = json.GetString()!;
            if (!shards.TryGetValue(file, out var shard)) shards.Add(file, shard = file);
            if (!IsPlain(file))
            {
                Fail(path, json, $"has the file name '{Printable.Name(file)}', where one in the index's own folder is wanted");
            }

            if (!map.TryAdd(name, shard)) Fail(path, json, $"has tensor '{Printable.Name(name)}' twice");
        }

        return map;
    }

    // A name that cannot lead out of the folder on any system.
    private static bool IsPlain(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny("/\\:\0") < 0;

    [DoesNotReturn]
    private static void Fail(string path, in Utf8JsonReader json, string problem) =>
        SafetensorsHeader.Fail(path, $"index (byte {json.BytesConsumed})", problem);
}

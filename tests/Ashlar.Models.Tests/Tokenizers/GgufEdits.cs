using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Metadata with some <c>tokenizer.ggml.</c> keys changed; null takes a key away.</summary>
internal static class GgufEdits
{
    public static GgufMetadata Of(
        IEnumerable<KeyValuePair<string, GgufValue>> metadata, params (string Name, object? Value)[] edits)
    {
        var values = new OrderedDictionary<string, GgufValue>();
        foreach (var (key, value) in metadata) values[key] = value;
        foreach (var (name, value) in edits)
        {
            var key = "tokenizer.ggml." + name;
            if (value is null) values.Remove(key);
            else values[key] = Wrap(value);
        }

        return new GgufMetadata("test.gguf", values);
    }

    private static GgufValue Wrap(object value) => value switch
    {
        string text => GgufValue.From(text),
        bool truth => GgufValue.From(truth),
        int number => GgufValue.From(number),
        uint number => GgufValue.From(number),
        long number => GgufValue.From(number),
        int[] numbers => GgufValue.FromArray<int>(numbers),
        float[] numbers => GgufValue.FromArray<float>(numbers),
        byte[] numbers => GgufValue.FromArray<byte>(numbers),
        string[] texts => GgufValue.FromStrings(texts),
        GgufValue wrapped => wrapped,
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };
}

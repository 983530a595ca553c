using Ashlar.Models.Embeddings;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tests.Embeddings;

public class ModelPoolingTests
{
    [Theory]
    [InlineData(0u, null)]
    [InlineData(1u, Pooling.Mean)]
    [InlineData(2u, Pooling.Cls)]
    [InlineData(3u, Pooling.Last)]
    [InlineData(4u, null)]
    public void GGUF_says_it_by_number(uint type, Pooling? expected) => Assert.Equal(expected, Of(GgufValue.From(type)));

    [Fact]
    public void A_number_without_meaning_is_an_error_and_no_number_too()
    {
        var error = Assert.Throws<InvalidDataException>(() => Of(GgufValue.From(9u)));
        Assert.Contains("'qwen3.pooling_type' is 9", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Of(GgufValue.From("mean")));
        Assert.Null(ModelPooling.Of(new GgufMetadata("x.gguf", []), "qwen3"));
    }

    [Theory]
    [InlineData("""{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": false, "pooling_mode_lasttoken": true}""", Pooling.Last)]
    [InlineData("""{"word_embedding_dimension": 1024, "pooling_mode_mean_tokens": true}""", Pooling.Mean)]
    [InlineData("""{"pooling_mode_cls_token": true}""", Pooling.Cls)]
    public void Sentence_transformers_say_it_by_flags(string json, Pooling expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ModelPooling.Of(folder.FullName));
        Write(folder, json);
        Assert.Equal(expected, ModelPooling.Of(folder.FullName));
    }

    [Theory]
    [InlineData("""{"pooling_mode_max_tokens": true}""", "'pooling_mode_max_tokens'")]
    [InlineData("""{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}""",
        "'pooling_mode_cls_token' and 'pooling_mode_mean_tokens'")]
    public void Another_pooling_is_refused_by_its_name(string json, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder, json);
        var error = Assert.Throws<NotSupportedException>(() => ModelPooling.Of(folder.FullName));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_file_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        Write(folder, """{"pooling_mode_mean_tokens": "yes"}""");
        Assert.Contains("config.json", Assert.Throws<InvalidDataException>(() => ModelPooling.Of(folder.FullName)).Message,
            StringComparison.Ordinal);
    }

    private static Pooling? Of(GgufValue value) => ModelPooling.Of(
        new GgufMetadata("x.gguf", new OrderedDictionary<string, GgufValue> { ["qwen3.pooling_type"] = value }), "qwen3");

    private static void Write(TemporaryFolder folder, string json)
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "1_Pooling"));
        File.WriteAllText(Path.Combine(folder.FullName, "1_Pooling", "config.json"), json);
    }
}

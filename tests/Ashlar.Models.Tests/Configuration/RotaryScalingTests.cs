using Ashlar.Models.Gguf;
using Ashlar.Models.HuggingFace;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Configuration;

public class RotaryScalingTests
{
    private const int Size = 64;

    [Fact]
    public void Unscaled_and_linear_frequencies_are_powers_of_the_base()
    {
        var plain = new RotaryConfiguration(Size, 10_000, RotaryLayout.Halves);
        var linear = plain with { Scaling = new LinearScaling(8) };
        for (var pair = 0; pair < Size / 2; pair++)
        {
            var frequency = Math.Exp(-Math.Log(10_000) * pair / (Size / 2));
            Near(frequency, plain.Frequencies([])[pair]);
            Near(frequency / 8, linear.Frequencies([])[pair]);
            Near(frequency / 3, plain.Frequencies(Enumerable.Repeat(3f, Size / 2).ToArray())[pair]);
        }

        Assert.Equal(1, linear.Magnitude);
    }

    [Theory]
    [InlineData(500_000, 8, 1, 4, 8192)]
    [InlineData(500_000, 32, 1, 4, 8192)]
    [InlineData(10_000, 2.5, 2, 3, 512)]
    public void Llama_3_scaling_is_what_its_authors_write_by_wavelength(
        double theta, double factor, double low, double high, int length)
    {
        var scaling = new Llama3Scaling(factor, low, high, length);
        var actual = new RotaryConfiguration(Size, theta, RotaryLayout.Halves, scaling).Frequencies([]);
        for (var pair = 0; pair < Size / 2; pair++)
        {
            var frequency = Math.Pow(theta, -2.0 * pair / Size);
            var wavelength = 2 * Math.PI / frequency;
            var smooth = (length / wavelength - low) / (high - low);
            Near(
                wavelength < length / high ? frequency
                : wavelength > length / low ? frequency / factor
                : (1 - smooth) * frequency / factor + smooth * frequency,
                actual[pair]);
        }
    }

    [Theory]
    [InlineData(10_000, 4, 4096, 32, 1)]
    [InlineData(1_000_000, 16, 16384, 32, 1)]
    [InlineData(150_000, 32, 4096, 32, 1)]
    [InlineData(10_000, 40, 64, 8, 2)]
    public void Yarn_keeps_the_pairs_that_turn_often_and_divides_the_slow_ones(
        double theta, double factor, int length, double fast, double slow)
    {
        var rotary = new RotaryConfiguration(
            Size, theta, RotaryLayout.Halves, new YarnScaling(factor, length, fast, slow, AttentionFactor: 1.25));
        var (first, last) = (Math.Max(0, Math.Floor(PairThatTurns(fast))), Math.Min(Size - 1, Math.Ceiling(PairThatTurns(slow))));
        for (var pair = 0; pair < Size / 2; pair++)
        {
            var (kept, divided) = (Math.Pow(theta, -2.0 * pair / Size), Math.Pow(theta, -2.0 * pair / Size) / factor);
            var expected = pair <= first ? kept
                : pair >= last ? divided
                : kept + (divided - kept) * (pair - first) / (last - first);
            Near(expected, rotary.Frequencies([])[pair]);
        }

        Assert.Equal(1.25, rotary.Magnitude);

        // Found by halving, where the code solves for it.
        double PairThatTurns(double times)
        {
            var (left, right) = (-1000.0, 1000.0);
            while (right - left > 1e-12 * Math.Max(1, Math.Abs(left)))
            {
                var middle = (left + right) / 2;
                if (middle == left || middle == right) break;
                if (length * Math.Pow(theta, -2 * middle / Size) / (2 * Math.PI) > times) left = middle;
                else right = middle;
            }

            return left;
        }
    }

    [Theory]
    [InlineData("""{ "rope_type": "default" }""", null, 1)]
    [InlineData("""{ "type": "linear", "factor": 2.0 }""", "linear", 1)]
    [InlineData(
        """{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024 }""", "yarn", 1.1386294361119891)]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "attention_factor": 0.5 }""",
        "yarn", 0.5)]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "mscale": 1.0, "mscale_all_dim": 1.0 }""", "yarn", 1)]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "mscale": 2.0, "mscale_all_dim": 1.0 }""", "yarn", 1.121751143713058)]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "mscale_all_dim": 1.0 }""",
        "yarn", 1.1386294361119891)]
    [InlineData("""{ "rope_type": "yarn", "original_max_position_embeddings": 1024 }""", "yarn",
        1.1386294361119891)] // 4096 / 1024
    public void Config_json_has_the_magnitude_of_transformers(string rope, string? kind, double magnitude)
    {
        var rotary = ReadConfig(rope).Rotary!;
        Assert.Equal(
            kind, rotary.Scaling switch { null => null, LinearScaling => "linear", YarnScaling => "yarn", _ => "other" });
        Assert.Equal(magnitude, rotary.Magnitude, 1e-12);
    }

    [Theory]
    [InlineData("""{ "rope_type": "dynamic", "factor": 2.0 }""", "'rope_scaling.rope_type' is \"dynamic\"")]
    [InlineData("""{ "type": "longrope" }""", "'rope_scaling.type' is \"longrope\"")]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "truncate": false }""", "'rope_scaling.truncate'")]
    [InlineData("""{ "rope_type": "default", "partial_rotary_factor": 0.5 }""", "'rope_scaling.partial_rotary_factor'")]
    public void What_is_not_computed_is_refused_by_name(string rope, string named) =>
        Assert.Contains(named, Assert.Throws<NotSupportedException>(() => ReadConfig(rope)).Message, StringComparison.Ordinal);

    [Fact]
    public void Gguf_says_the_same_in_its_keys()
    {
        var yarn = ReadGguf(
            ("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4f), ("rope.scaling.original_context_length", 1024)).Rotary!;
        Assert.Equal(
            ReadConfig("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024 }""").Rotary!.Scaling,
            yarn.Scaling);
        Assert.Equal(
            new LinearScaling(2), ReadGguf(("rope.scaling.type", "linear"), ("rope.scaling.factor", 2f)).Rotary!.Scaling);
        Assert.Equal(new LinearScaling(2), ReadGguf(("rope.scale_linear", 2f)).Rotary!.Scaling);
        Assert.Null(ReadGguf(("rope.scaling.type", "none"), ("rope.scaling.factor", 2f)).Rotary!.Scaling);
        var error = Assert.Throws<NotSupportedException>(() => ReadGguf(("rope.scaling.type", "longrope")));
        Assert.Contains("'x.gguf': metadata key 'llama.rope.scaling.type' is longrope", error.Message, StringComparison.Ordinal);
    }

    private static void Near(double expected, float actual) =>
        Assert.InRange(actual, expected * (1 - 1e-6), expected * (1 + 1e-6));

    private static ModelConfiguration ReadConfig(string rope)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Put("config.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {
                "model_type": "llama", "hidden_size": 128, "num_attention_heads": 2, "num_hidden_layers": 1,
                "intermediate_size": 64, "vocab_size": 10,
                "max_position_embeddings": 4096, "rope_scaling": {{rope}}
            }

            """));
        return HuggingFaceConfiguration.Read(ConfigObject.Read(path));
    }

    private static ModelConfiguration ReadGguf(params (string Key, object Value)[] keys)
    {
        var metadata = new OrderedDictionary<string, GgufValue> { ["general.architecture"] = GgufValue.From("llama") };
        (string, int)[] sizes =
        [
            ("context_length", 4096), ("embedding_length", 128), ("block_count", 1), ("feed_forward_length", 64),
            ("attention.head_count", 2),
        ];
        foreach (var (key, size) in sizes)
        {
            metadata[$"llama.{key}"] = GgufValue.From(size);
        }

        foreach (var (key, value) in keys)
        {
            metadata[$"llama.{key}"] = value switch
            {
                string text => GgufValue.From(text),
                float number => GgufValue.From(number),
                int number => GgufValue.From(number),
                _ => throw new ArgumentException(key),
            };
        }

        var tensors = new Dictionary<string, TensorData> { ["token_embd.weight"] = TensorData.Zeros(DType.F32, 10, 128) };
        return GgufConfiguration.Read("x.gguf", new GgufMetadata("x.gguf", metadata), tensors);
    }
}

using Ashlar.Models;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Models;
using Ashlar.Training.Tests.Data;

namespace Ashlar.Training.Tests.Models;

public class NewModelTests
{
    [Fact]
    public void Weights_follow_from_seed_and_name_and_have_the_deviation_of_their_place()
    {
        var (first, again, other) = (Model(1), Model(1), Model(2));
        foreach (var (name, data) in first.Weights)
        {
            var values = data.AsSpan<float>().ToArray();
            Assert.Equal(values, again.Weights[name].AsSpan<float>().ToArray());
            if (data.Sizes.Length < 2)
            {
                Assert.All(values, value => Assert.Equal(1, value));
                continue;
            }

            Assert.NotEqual(values, other.Weights[name].AsSpan<float>().ToArray());
            var expected = name.Contains("output.", StringComparison.Ordinal) && name != "output.weight"
                || name.Contains("ffn_down", StringComparison.Ordinal) ? 0.01 : 0.02; // of two layers
            Assert.Equal(expected, Math.Sqrt(values.Average(value => (double)value * value)), 0.1 * expected);
            Assert.Equal(0, values.Average(), 0.005);
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    [InlineData(DType.Q8_0)]
    public void A_written_model_is_loaded_with_its_tokenizer_and_template(DType type)
    {
        using var folder = new TemporaryFolder();
        var (model, path) = (Model(1), folder.Of("m.gguf"));
        TrainedModelFile.Write(path, model.Metadata!, model.Weights, type);
        using var loaded = LanguageModel.Load(path);
        Assert.Equal("{{ messages[0].content }}", loaded.ChatTemplate!.Source);
        Assert.Equal(1024, loaded.Tokenizer!.VocabularySize);
        Assert.Equal(type, loaded.Tensors["blk.0.ffn_up.weight"].Type);
        Assert.Equal(DType.F32, loaded.Tensors["output_norm.weight"].Type);

        // And trained on: dequantized it differs by the rounding alone.
        var again = TrainedModel.From(loaded);
        var before = model.Weights["blk.1.attn_k.weight"].AsSpan<float>();
        var after = again.Weights["blk.1.attn_k.weight"].AsSpan<float>();
        for (var i = 0; i < before.Length; i++) Assert.Equal(before[i], after[i], type == DType.F32 ? 0 : 5e-4);
    }

    [Fact]
    public void A_vocabulary_below_the_tokenizers_is_refused() => Assert.Throws<InvalidDataException>(
        () => TrainedModel.Create("m", TinyModel.Shape("llama"), TinyModel.Tokenizer(), null, 1));

    private static TrainedModel Model(ulong seed) => TrainedModel.Create(
        "m", TinyModel.Shape("llama") with { VocabularySize = 1024 }, TinyModel.Tokenizer(), "{{ messages[0].content }}", seed);
}

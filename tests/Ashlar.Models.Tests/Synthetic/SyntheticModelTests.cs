using Ashlar.Models.Architectures;
using Ashlar.Models.Gguf;
using Ashlar.Models.Synthetic;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Synthetic;

public class SyntheticModelTests
{
    public static TheoryData<string> Presets => [.. SyntheticPreset.Names];

    [Theory]
    [MemberData(nameof(Presets))]
    public unsafe void Every_preset_builds_a_graph(string name)
    {
        // Of the sizes alone: nothing reads the elements, and the large models do not fit a test.
        var (preset, types) = (SyntheticPreset.Named(name), SyntheticTypes.Named("q4_k_m"));
        var something = TensorData.Zeros(DType.F32, 1);
        var tensors = new SyntheticTensors(preset, types).List().ToDictionary(
            tensor => tensor.Name, tensor => TensorData.Wrap(something.Pointer, something, tensor.Type, tensor.Sizes));
        var configuration = GgufConfiguration.Read(
            name, new GgufMetadata(name, SyntheticModel.Metadata(name, preset, types)), tensors);

        var weights = new ModelWeights(name, tensors);
        var batch = new Batch(blockSize: 16);
        var (rows, norm) = Architecture.Of(name, configuration.Architecture)(configuration, weights, batch);
        var logits = norm(rows.Gather(batch.Outputs)).Logits(weights, configuration);
        weights.RequireAllTaken(configuration.Architecture);
        Assert.Equal(preset.Vocabulary, logits.Shape[1].Value);
        Assert.Equal(preset.Window > 0, Enumerable.Range(0, preset.Layers).Any(layer => configuration.WindowOf(layer) > 0));
    }

    [Fact]
    public void Two_makes_have_the_same_bits_and_elements_the_right_spread()
    {
        using var first = LanguageModel.Load("synthetic:llama-tiny:f32");
        using var second = LanguageModel.Load("synthetic:llama-tiny:f32");
        foreach (var (name, data) in first.Tensors)
        {
            Assert.True(data.AsSpan<byte>().SequenceEqual(second.Tensors[name].AsSpan<byte>()), name);
        }

        var elements = first.Tensors["blk.0.ffn_down.weight"].AsSpan<float>().ToArray(); // rows of 768, of norm 1
        Assert.Equal(0, elements.Average(), 1e-3);
        Assert.Equal(1.0 / 768, elements.Average(element => (double)element * element), 5e-5);
        Assert.False(elements.AsSpan(0, 4096).SequenceEqual(first.Tensors["blk.1.ffn_down.weight"].AsSpan<float>()[..4096]));
    }

    [Theory]
    [InlineData("f32", DType.F32, DType.F32)]
    [InlineData("F16", DType.F16, DType.F16)]
    [InlineData("bf16", DType.BF16, DType.BF16)]
    [InlineData("q4_0", DType.Q4_0, DType.Q6_K)]
    [InlineData("q4_1", DType.Q4_1, DType.Q6_K)]
    [InlineData("q5_0", DType.Q5_0, DType.Q6_K)]
    [InlineData("q5_1", DType.Q5_1, DType.Q6_K)]
    [InlineData("q8_0", DType.Q8_0, DType.Q8_0)]
    [InlineData("q2_k", DType.Q2_K, DType.Q6_K)]
    [InlineData("q3_k", DType.Q3_K, DType.Q6_K)]
    [InlineData("q4_k", DType.Q4_K, DType.Q6_K)]
    [InlineData("q5_k", DType.Q5_K, DType.Q6_K)]
    [InlineData("q6_k", DType.Q6_K, DType.Q6_K)]
    [InlineData("iq4_nl", DType.IQ4_NL, DType.Q6_K)]
    [InlineData("iq4_xs", DType.IQ4_XS, DType.Q6_K)]
    [InlineData("mxfp4", DType.MXFP4, DType.Q6_K)]
    [InlineData("nvfp4", DType.NVFP4, DType.Q6_K)]
    [InlineData("tq1_0", DType.TQ1_0, DType.Q6_K)]
    [InlineData("tq2_0", DType.TQ2_0, DType.Q6_K)]
    public void Matrices_are_of_the_type_that_the_name_says_and_the_output_of_more_bits(string name, DType matrices, DType output)
    {
        using var model = LanguageModel.Load($"synthetic:llama-tiny:{name}");
        Assert.Equal(output, model.Tensors["token_embd.weight"].Type);
        foreach (var (tensor, data) in model.Tensors)
        {
            if (tensor != "token_embd.weight") Assert.Equal(data.Sizes.Length == 1 ? DType.F32 : matrices, data.Type);
        }
    }

    [Fact]
    public void Mixtures_give_more_bits_to_some_values_and_inner_matrices()
    {
        var types = SyntheticTypes.Named("q4_k_m");
        var more = Enumerable.Range(0, 16).Where(layer => types.Of("ffn_down", layer, 16, isOutput: false, 256) == DType.Q6_K);
        Assert.Equal([0, 1, 4, 7, 10, 13, 14, 15], more);
        Assert.Equal(DType.Q6_K, types.Of("attn_v", 0, 16, isOutput: false, 256));
        Assert.Equal(DType.Q4_K, types.Of("attn_q", 0, 16, isOutput: false, 256));
        Assert.Equal(DType.Q5_0, types.Of("attn_q", 0, 16, isOutput: false, 896)); // no multiple of 256
        Assert.Equal(DType.Q8_0, types.Of("ffn_down", 0, 16, isOutput: false, 4864 + 32));
    }

    [Theory]
    [InlineData("synthetic:llama-tiny")]
    [InlineData("synthetic:llama-tiny:q4_0:x")]
    [InlineData("synthetic:llama-9b:q4_0")]
    [InlineData("synthetic:llama-tiny:q9_0")]
    [InlineData("synthetic:llama-tiny:iq2_xxs")]
    [InlineData("synthetic:llama-tiny:i32")]
    [InlineData("synthetic:llama-tiny:bool")]
    [InlineData("synthetic:llama-tiny:f64")]
    [InlineData("synthetic:llama-tiny:12")]
    [InlineData("synthetic:llama-tiny:f16,q4_0")]
    [InlineData("synthetic:llama-tiny:")]
    public void Another_name_is_refused_by_name(string name)
    {
        var wrong = name.Split(':') switch
        {
            [_, "llama-tiny", var type] => type,
            [_, var preset, _] => preset,
            _ => name,
        };
        var error = Assert.Throws<ArgumentException>(() => LanguageModel.Load(name));
        Assert.Contains($"'{wrong}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama-tiny", 0)]
    [InlineData("gpt2", 30_000)]
    public void The_vocabulary_spells_any_text_and_decodes_any_id(string preset, int from)
    {
        using var model = LanguageModel.Load($"synthetic:{preset}:tq1_0");
        Assert.Null(model.TokenizerProblem);
        var tokenizer = model.Tokenizer!;
        Assert.Equal(model.Configuration.VocabularySize, tokenizer.VocabularySize);
        foreach (var text in new[] { "", "ab", "Grüße, 世界! 🙂\r\n\t\0 <|endoftext|>", "   absolutely  " })
        {
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }

        var words = Enumerable.Range(from, Math.Min(1000, tokenizer.VocabularySize - 1 - from)).Where(id => id > 256)
            .Select(id => tokenizer.Decode([id], continuesText: true)).ToArray();
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.All(words, word => Assert.Matches("^ ([a-z]{2})+$", word));
        Assert.True(tokenizer.IsEndOfGeneration(tokenizer.VocabularySize - 1));
    }
}

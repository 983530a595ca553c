using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Models;
using Ashlar.Models.Adapters;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Passes;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>A model with an adapter computes what it would with the adapter's product added to its matrices.</summary>
public class MergedModelTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 24).Select(i => i * 29 % TinyModel.Vocabulary)];

    public static TheoryData<string, string> Cases { get; } = Each(["reference", "portable", ""]);

    public static TheoryData<string> Architectures { get; } =
        ["llama", "mistral3", "qwen2", "qwen3", "qwen3moe", "gemma3", "gpt2"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_adapter_of_either_form_equals_the_merged_model(string architecture, string set)
    {
        using var home = new ModelHome();
        var tiny = TinyModels.Make(architecture);
        TinyModels.Write(tiny, home.Path("base.gguf"));
        var adapter = new TinyAdapter(tiny, seed: 11);
        adapter.WriteGguf(home.Path("adapter.gguf"));
        adapter.WritePeft(home.Path("peft"));
        adapter.MergeInto(tiny, adapter.Alpha / adapter.Rank);
        TinyModels.Write(tiny, home.Path("merged.gguf"));

        using var model = LanguageModel.Load(home.Path("base.gguf"));
        using var merged = LanguageModel.Load(home.Path("merged.gguf"));
        var (gguf, peft) = (LoraAdapter.Load(home.Path("adapter.gguf"), model), LoraAdapter.Load(home.Path("peft"), model));
        Assert.Equal(gguf.Fingerprint, peft.Fingerprint);
        Assert.Equal(adapter.Layers, peft.Layers.Keys);

        var expected = Logits(merged, null, 0, set);
        var actual = Logits(model, [peft], 1, set);
        Assert.InRange(Error(actual, expected), 0, 1e-9);
        Assert.InRange(Error(Logits(model, null, 0, set), expected), 1e-3, 1e3); // the adapter does something
    }

    [Fact]
    public void Adapters_of_either_form_fit_a_model_of_either_form()
    {
        using var home = new ModelHome();
        var tiny = TinyModels.Make("llama");
        TinyModels.Write(tiny, home.Path("base.gguf"));
        new HuggingFaceFolder(tiny, DType.F32).Write(
            home.Path("base"),
            """
            {
                "model_type": "llama", "vocab_size": 64, "max_position_embeddings": 64, "hidden_size": 48, "num_hidden_layers": 3,
                "intermediate_size": 40, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
                "hidden_act": "silu", "rope_theta": 1000000.0, "tie_word_embeddings": true
            }
            """);
        var adapter = new TinyAdapter(tiny, seed: 3);
        adapter.WriteGguf(home.Path("adapter.gguf"));
        adapter.WritePeft(home.Path("peft"));
        using var gguf = LanguageModel.Load(home.Path("base.gguf"));
        using var huggingFace = LanguageModel.Load(home.Path("base"));
        var expected = Logits(gguf, [LoraAdapter.Load(home.Path("peft"), gguf)], 1, "reference");
        foreach (var form in (string[])["adapter.gguf", "peft"])
        {
            var loaded = LoraAdapter.Load(home.Path(form), huggingFace);
            Assert.InRange(Error(Logits(huggingFace, [loaded], 1, "reference"), expected), 0, 1e-9);
        }
    }

    [Fact]
    public void A_scale_may_stand_by_the_root_of_the_rank()
    {
        using var home = new ModelHome();
        var tiny = TinyModels.Make("qwen3");
        TinyModels.Write(tiny, home.Path("base.gguf"));
        var adapter = new TinyAdapter(tiny, seed: 4, rank: 4, alpha: 3);
        adapter.WritePeft(home.Path("peft"), ", \"use_rslora\": true");
        adapter.MergeInto(tiny, 3 / Math.Sqrt(4));
        TinyModels.Write(tiny, home.Path("merged.gguf"));
        using var model = LanguageModel.Load(home.Path("base.gguf"));
        using var merged = LanguageModel.Load(home.Path("merged.gguf"));
        var actual = Logits(model, [LoraAdapter.Load(home.Path("peft"), model)], 1, "");
        Assert.InRange(Error(actual, Logits(merged, null, 0, "")), 0, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Tokens_of_one_batch_have_the_bits_that_their_adapter_gives_alone(string architecture)
    {
        using var home = new ModelHome();
        var tiny = TinyModels.Make(architecture);
        TinyModels.Write(tiny, home.Path("base.gguf"));
        var adapters = new LoraAdapter[2];
        using var model = LanguageModel.Load(home.Path("base.gguf"));
        for (var i = 0; i < adapters.Length; i++)
        {
            new TinyAdapter(tiny, seed: 20 + i, rank: 3 + 4 * i).WritePeft(home.Path($"peft {i}"));
            adapters[i] = LoraAdapter.Load(home.Path($"peft {i}"), model);
        }

        using var pass = new AdaptedPass(model, adapters);
        var alone = Enumerable.Range(0, 3).Select(adapter => pass.Run((0, adapter, Tokens))).ToArray();
        var together = pass.Run((0, 2, Tokens), (1, 0, Tokens), (2, 1, Tokens), (3, 0, Tokens[..3]), (4, 2, Tokens));
        var one = alone[0].Length;
        Assert.Equal(alone[2], together[..one]);
        Assert.Equal(alone[0], together[one..(2 * one)]);
        Assert.Equal(alone[1], together[(2 * one)..(3 * one)]);
        Assert.Equal(alone[2], together[^one..]);
        Assert.NotEqual(alone[1], alone[2]);

        // A token without an adapter has the bits of a graph that takes none.
        using var plain = new AdaptedPass(model, null);
        Assert.Equal(plain.Run((0, 0, Tokens)), alone[0]);
    }

    [Theory]
    [InlineData("llama-tiny:q4_0")]
    [InlineData("gemma3-tiny:bf16")]
    [InlineData("gpt2-tiny:q8_0")]
    public void Kernels_compute_all_of_a_graph_with_adapters(string name)
    {
        using var model = LanguageModel.Load($"synthetic:{name}");
        var text = model.BuildGraph(new Batch(16, DType.F16, adapters: new(Choices: 3, Rank: 16)))
            .ToPlanText(new Dictionary<string, long> { ["tokens"] = 8 });
        Assert.Contains("low rank", text, StringComparison.Ordinal);
        Assert.DoesNotContain("reference", text, StringComparison.Ordinal);
    }

    private static float[] Logits(LanguageModel model, LoraAdapter[]? adapters, int adapter, string set)
    {
        using var pass = new AdaptedPass(model, adapters, set.Length == 0 ? null : set);
        return pass.Run((0, adapter, Tokens));
    }

    private static double Error(float[] actual, float[] expected) =>
        expected.Zip(actual, (a, b) => Math.Pow(a - b, 2)).Sum() / expected.Sum(a => (double)a * a);

    private static TheoryData<string, string> Each(string[] sets)
    {
        var data = new TheoryData<string, string>();
        foreach (var architecture in (string[])["llama", "mistral3", "qwen2", "qwen3", "qwen3moe", "gemma3", "gpt2"])
        {
            foreach (var set in sets) data.Add(architecture, set);
        }

        return data;
    }
}

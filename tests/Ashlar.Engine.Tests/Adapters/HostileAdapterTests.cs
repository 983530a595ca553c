using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Models;
using Ashlar.Models.Adapters;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>Adapters that are damaged, of another model, or of a kind that is not computed.</summary>
public sealed class HostileAdapterTests : IDisposable
{
    private readonly ModelHome _home = new();
    private readonly TinyModel _tiny = TinyModels.Make("llama");
    private readonly LanguageModel _model;

    public HostileAdapterTests()
    {
        TinyModels.Write(_tiny, _home.Path("base.gguf"));
        _model = LanguageModel.Load(_home.Path("base.gguf"));
    }

    public static TheoryData<string, string> Unsupported { get; } = new()
    {
        { ", \"use_dora\": true", "use_dora" },
        { ", \"lora_bias\": true", "lora_bias" },
        { ", \"bias\": \"all\"", "bias" },
        { ", \"peft_type\": \"IA3\"", "peft_type" },
        { ", \"modules_to_save\": [\"lm_head\"]", "modules_to_save" },
        { ", \"rank_pattern\": {\"q_proj\": 3}", "rank_pattern" },
        { ", \"alpha_pattern\": {\"q_proj\": 3}", "alpha_pattern" },
        { ", \"trainable_token_indices\": [3]", "trainable_token_indices" },
        { ", \"layer_replication\": [[0, 2]]", "layer_replication" },
        { ", \"init_lora_weights\": \"pissa_niter_16\"", "init_lora_weights" },
    };

    public void Dispose()
    {
        _model.Dispose();
        _home.Dispose();
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Kinds_that_are_not_computed_are_refused_by_name(string config, string named)
    {
        Adapter().WritePeft(_home.Path("a"), config);
        Assert.Contains(named, Problem<NotSupportedException>("a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base_model.model.lm_head.lora_A.weight", "output")]
    [InlineData("base_model.model.model.embed_tokens.lora_embedding_A", "embedding")]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector.weight", "DoRA")]
    [InlineData("base_model.model.model.layers.0.mlp.experts.1.up_proj.lora_A.weight", "expert")]
    [InlineData("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight", "blk.9.attn_q")]
    [InlineData("base_model.model.model.layers.0.self_attn.w_proj.lora_A.weight", "w_proj")]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", "no matrix")]
    public void Tensors_that_change_no_linear_layer_are_refused_by_name(string name, string named)
    {
        Adapter().WritePeft(_home.Path("a"), change: (own, tensor) =>
            own.Contains("layers.1.self_attn.v_proj.lora_A", StringComparison.Ordinal) ? (name, tensor) : (own, tensor));
        Assert.Contains(named, Problem<NotSupportedException>("a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 47)]
    [InlineData(6, 48)]
    [InlineData(0, 48)]
    [InlineData(1, 240)]
    public void Matrices_that_do_not_fit_the_model_are_refused(long rows, long columns)
    {
        Adapter().WritePeft(_home.Path("a"), change: (name, tensor) =>
            name.Contains("layers.1.self_attn.v_proj.lora_A", StringComparison.Ordinal)
                ? (name, new([rows, columns], new float[rows * columns])) : (name, tensor));
        Assert.Contains("v_proj", Problem<InvalidDataException>("a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_a_pair_and_numbers_that_are_not_finite_are_refused()
    {
        Adapter().WritePeft(_home.Path("a"), change: (name, tensor) =>
            name.Contains("layers.1.self_attn.v_proj.lora_A", StringComparison.Ordinal) ? null : (name, tensor));
        Assert.Contains("blk.1.attn_v", Problem<InvalidDataException>("a"), StringComparison.Ordinal);

        Adapter().WritePeft(_home.Path("a"), change: (name, tensor) =>
            (name, name.Contains("layers.1.self_attn.v_proj.lora_B", StringComparison.Ordinal)
                ? tensor with { Values = [float.NaN, .. tensor.Values[1..]] } : tensor));
        Assert.Contains("finite", Problem<InvalidDataException>("a"), StringComparison.Ordinal);

        new TinyAdapter(_tiny, seed: 1, alpha: 3e38).WriteGguf(_home.Path("a.gguf"));
        File.WriteAllText(Path.Combine(_home.Path("a"), "adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 5, \"lora_alpha\": 1e300}");
        Assert.Contains("finite", Problem<InvalidDataException>("a"), StringComparison.Ordinal);

        Adapter().WritePeft(_home.Path("a"), change: (_, _) => null);
        Assert.Contains("no matrices", Problem<InvalidDataException>("a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_or_of_something_else_are_refused()
    {
        Directory.CreateDirectory(_home.Path("a"));
        Assert.Contains("adapter_config.json", Problem<FileNotFoundException>("a"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_home.Path("a"), "adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 5}");
        Assert.Contains("adapter_model.safetensors", Problem<FileNotFoundException>("a"), StringComparison.Ordinal);
        foreach (var r in (string[])["0", "-1", "1e9", "\"5\"", "null"])
        {
            File.WriteAllText(Path.Combine(_home.Path("a"), "adapter_config.json"), $"{{\"peft_type\": \"LORA\", \"r\": {r}}}");
            Assert.Contains("'r'", Problem<InvalidDataException>("a"), StringComparison.Ordinal);
        }

        Problem<InvalidDataException>("base.gguf");
        Adapter().WriteGguf(_home.Path("a.gguf"), type: "model");
        Assert.Contains("general.type", Problem<NotSupportedException>("a.gguf"), StringComparison.Ordinal);
        Adapter().WriteGguf(_home.Path("a.gguf"), architecture: "qwen3");
        Assert.Contains("qwen3", Problem<InvalidDataException>("a.gguf"), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_end_in_an_error_or_an_adapter()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Adapter().WriteGguf(_home.Path("whole.gguf"));
        var whole = File.ReadAllBytes(_home.Path("whole.gguf"));
        for (var i = 0; i < 150; i++)
        {
            var bytes = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            for (var j = random.Next(4); j > 0 && bytes.Length > 0; j--) bytes[random.Next(Math.Min(bytes.Length, 6000))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_home.Path("a.gguf"), bytes);
            var error = Record.Exception(() => LoraAdapter.Load(_home.Path("a.gguf"), _model));
            Assert.True(error is null or InvalidDataException or NotSupportedException, $"seed {seed}, round {i}: {error}");
        }
    }

    private TinyAdapter Adapter() => new(_tiny, seed: 1);

    private string Problem<T>(string name) where T : Exception
    {
        var error = Assert.Throws<T>(() => LoraAdapter.Load(_home.Path(name), _model));
        Assert.InRange(error.Message.Length, 1, 1000);
        return error.Message;
    }
}

using Ashlar.Tensors;

namespace Ashlar.Models.Synthetic;

/// <summary>Lists the tensors that the architecture of a preset takes, in the order of a file.</summary>
internal sealed class SyntheticTensors(SyntheticPreset preset, SyntheticTypes types)
{
    private const float BiasDeviation = 0.02f;

    private readonly List<SyntheticTensor> _tensors = [];

    public IReadOnlyList<SyntheticTensor> List()
    {
        Matrix("token_embd", preset.Vocabulary, preset.Width, isOutput: preset.IsTied);
        if (preset.Architecture == "gpt2") Add("position_embd.weight", BiasDeviation, preset.Context, preset.Width);
        for (var layer = 0; layer < preset.Layers; layer++) Block(layer);
        Norm("output_norm");
        if (!preset.IsTied) Matrix("output", preset.Vocabulary, preset.Width, isOutput: true);
        return _tensors;
    }

    private void Block(int layer)
    {
        var block = $"blk.{layer}";
        var (isGpt2, isGemma) = (preset.Architecture == "gpt2", preset.Architecture == "gemma3");
        var (queries, keys) = (preset.Heads * preset.HeadSize, preset.KeyHeads * preset.HeadSize);
        Norm($"{block}.attn_norm");
        if (isGpt2)
        {
            Linear("attn_qkv", 3 * preset.Width, preset.Width, hasBias: true);
        }
        else
        {
            var hasBias = preset.Architecture == "qwen2";
            Linear("attn_q", queries, preset.Width, hasBias);
            Linear("attn_k", keys, preset.Width, hasBias);
            Linear("attn_v", keys, preset.Width, hasBias);
        }

        Linear("attn_output", preset.Width, queries, isGpt2);
        if (isGemma || preset.Architecture == "qwen3")
        {
            Add($"{block}.attn_q_norm.weight", 0, preset.HeadSize);
            Add($"{block}.attn_k_norm.weight", 0, preset.HeadSize);
        }

        if (isGemma) Norm($"{block}.post_attention_norm");
        Norm($"{block}.ffn_norm");
        if (!isGpt2) Linear("ffn_gate", preset.FeedForward, preset.Width, hasBias: false);
        Linear("ffn_up", preset.FeedForward, preset.Width, isGpt2);
        Linear("ffn_down", preset.Width, preset.FeedForward, isGpt2);
        if (isGemma) Norm($"{block}.post_ffw_norm");

        void Linear(string name, long rows, long columns, bool hasBias)
        {
            Matrix($"{block}.{name}", rows, columns, isOutput: false, name, layer);
            if (hasBias) Add($"{block}.{name}.bias", BiasDeviation, rows);
        }
    }

    // Rows of norm 1: what is multiplied keeps its size.
    private void Matrix(string name, long rows, long columns, bool isOutput, string kind = "", int layer = 0)
    {
        var type = types.Of(kind, layer, preset.Layers, isOutput, columns);
        _tensors.Add(new SyntheticTensor($"{name}.weight", type, [rows, columns], 1 / MathF.Sqrt(columns)));
    }

    private void Norm(string name)
    {
        Add($"{name}.weight", 0, preset.Width);
        if (preset.Architecture == "gpt2") Add($"{name}.bias", BiasDeviation, preset.Width);
    }

    private void Add(string name, float deviation, params long[] sizes) =>
        _tensors.Add(new SyntheticTensor(name, DType.F32, sizes, deviation));
}

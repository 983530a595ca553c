using System.Globalization;
using System.Text.RegularExpressions;

namespace Ashlar.Models.HuggingFace;

/// <summary>
/// Where a tensor of a Hugging Face model goes: GGUF's name, the expert it belongs to, and whether it lies transposed.
/// </summary>
/// <param name="Name">GGUF's name for the tensor.</param>
/// <param name="Expert">The expert whose matrix it is; null where it is no expert's.</param>
/// <param name="IsTransposed">Whether it is stored (in, out) instead of (out, in).</param>
internal readonly record struct Destination(string Name, int? Expert = null, bool IsTransposed = false);

/// <summary>GGUF's names for the tensors of Hugging Face models.</summary>
internal static partial class HuggingFaceNames
{
    private static readonly Dictionary<string, string> Outside = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens"] = "token_embd",
        ["model.norm"] = "output_norm",
        ["lm_head"] = "output",
        ["wte"] = "token_embd",
        ["wpe"] = "position_embd",
        ["ln_f"] = "output_norm",
    };

    private static readonly Dictionary<string, string> Inside = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["self_attn.q_norm"] = "attn_q_norm",
        ["self_attn.k_norm"] = "attn_k_norm",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
        ["mlp.gate"] = "ffn_gate_inp",
        ["block_sparse_moe.gate"] = "ffn_gate_inp",
        ["ln_1"] = "attn_norm",
        ["ln_2"] = "ffn_norm",
    };

    // GPT-2's linear layers are stored (in, out).
    private static readonly Dictionary<string, string> Transposed = new(StringComparer.Ordinal)
    {
        ["attn.c_attn"] = "attn_qkv",
        ["attn.c_proj"] = "attn_output",
        ["mlp.c_fc"] = "ffn_up",
        ["mlp.c_proj"] = "ffn_down",
    };

    private static readonly Dictionary<string, string> Gemma = new(StringComparer.Ordinal)
    {
        ["post_attention_layernorm"] = "post_attention_norm",
        ["pre_feedforward_layernorm"] = "ffn_norm",
        ["post_feedforward_layernorm"] = "post_ffw_norm",
    };

    private static readonly Dictionary<string, string> ExpertMatrices = new(StringComparer.Ordinal)
    {
        ["gate_proj"] = "ffn_gate_exps",
        ["up_proj"] = "ffn_up_exps",
        ["down_proj"] = "ffn_down_exps",
        ["w1"] = "ffn_gate_exps",
        ["w3"] = "ffn_up_exps",
        ["w2"] = "ffn_down_exps",
    };

    /// <summary>Where a tensor goes; null where the language model does not need it (buffers, the parts that see).</summary>
    /// <exception cref="NotSupportedException">The name is unknown; the message names source and tensor.</exception>
    public static Destination? Of(string source, string name, string architecture)
    {
        if (IsUnneeded(name)) return null;
        var plain = Wrapper().Replace(name, "");
        var (stem, suffix) = plain.LastIndexOf('.') is > 0 and var dot ? (plain[..dot], plain[dot..]) : (plain, "");
        if (Outside.TryGetValue(stem, out var outside)) return new Destination(outside + suffix);
        if (Layer().Match(stem) is { Success: true } layer)
        {
            var (block, rest) = ($"blk.{layer.Groups["layer"].Value}", layer.Groups["rest"].Value);
            if (architecture == "gemma3" && Gemma.TryGetValue(rest, out var gemma))
            {
                return new Destination($"{block}.{gemma}{suffix}");
            }

            if (Inside.TryGetValue(rest, out var inside)) return new Destination($"{block}.{inside}{suffix}");
            if (Transposed.TryGetValue(rest, out var transposed))
            {
                return new Destination($"{block}.{transposed}{suffix}", IsTransposed: suffix == ".weight");
            }

            if (Expert().Match(rest) is { Success: true } expert
                && ExpertMatrices.TryGetValue(expert.Groups["matrix"].Value, out var matrix))
            {
                return new Destination(
                    $"{block}.{matrix}{suffix}", int.Parse(expert.Groups["expert"].Value, CultureInfo.InvariantCulture));
            }
        }

        throw new NotSupportedException(
            $"'{source}': tensor '{Printable.Name(name)}' is not known to architecture '{architecture}'; "
            + "the model is a variant that this version does not compute");
    }

    // Masks and frequencies that older files carry, and the vision tower with its projector.
    private static bool IsUnneeded(string name) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
        || name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal)
        || name.Contains("vision_tower.", StringComparison.Ordinal)
        || name.Contains("multi_modal_projector.", StringComparison.Ordinal);

    // "transformer.h.0", "language_model.model.layers.0" and "model.language_model.layers.0" are wrappers round the same names.
    [GeneratedRegex(@"^(transformer\.|language_model\.(?=model\.|lm_head))|(?<=^model\.)language_model\.")]
    private static partial Regex Wrapper();

    [GeneratedRegex(@"^(model\.layers|h)\.(?<layer>[0-9]{1,4})\.(?<rest>.+)$")]
    private static partial Regex Layer();

    [GeneratedRegex(@"^(mlp|block_sparse_moe)\.experts\.(?<expert>[0-9]{1,4})\.(?<matrix>[a-z0-9_]+)$")]
    private static partial Regex Expert();
}

using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Which element type each matrix of a file gets. A file is named by the type of most of its matrices; llama.cpp's quantizer gives the
/// output matrix, and in the <c>_m</c> mixtures some others, more bits, and so do these files.
/// </summary>
internal sealed class SyntheticTypes
{
    private readonly DType _base;
    private readonly bool _isMixture;

    private SyntheticTypes(string name, DType type, bool isMixture) => (Name, _base, _isMixture) = (name, type, isMixture);

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    /// <summary>The number by which GGUF metadata name the mixture, <c>general.file_type</c>; null where there is none.</summary>
    public int? FileType => Name switch
    {
        "f32" => 0,
        "f16" => 1,
        "q4_0" => 2,
        "q4_1" => 3,
        "q8_0" => 7,
        "q5_0" => 8,
        "q5_1" => 9,
        "q2_k" => 10,
        "q3_k" => 11,
        "q4_k" => 14,
        "q4_k_m" => 15,
        "q5_k" => 16,
        "q5_k_m" => 17,
        "q6_k" => 18,
        "iq4_nl" => 25,
        "iq4_xs" => 30,
        "bf16" => 32,
        "tq1_0" => 36,
        "tq2_0" => 37,
        _ => null,
    };

    /// <exception cref="ArgumentException">No type is called so, or none that can be quantized to.</exception>
    public static SyntheticTypes Named(string name)
    {
        var lower = name.ToLowerInvariant();
        var isMixture = lower is "q4_k_m" or "q5_k_m";
        var plain = isMixture ? lower[..^2] : lower;
        return Enum.TryParse<DType>(plain, ignoreCase: true, out var type) && !int.TryParse(plain, out _)
            && (type is DType.F32 or DType.F16 or DType.BF16 || (type.IsBlocked && NumberFormats.CanQuantize(type)))
            ? new SyntheticTypes(lower, type, isMixture)
            : throw new ArgumentException($"'{name}' is no type of weights that can be made; there are f32, f16, bf16, q4_0, q8_0, q4_k_m, q6_k and the others of GGUF that can be quantized to");
    }

    /// <summary>The type of a matrix with rows of <paramref name="columns"/>; vectors are always F32.</summary>
    public DType Of(string tensor, int layer, int layers, bool isOutput, long columns)
    {
        var type = !_base.IsBlocked || _base == DType.Q8_0 ? _base
            : isOutput || (_isMixture && TakesMoreBits(tensor, layer, layers)) ? DType.Q6_K
            : _base;
        return columns % type.BlockElements == 0 ? type : WithShorterBlocks(type);
    }

    // The rule of the mixtures: the first and last eighth of the layers, and every third between.
    private static bool TakesMoreBits(string tensor, int layer, int layers) =>
        tensor is "attn_v" or "ffn_down"
        && (layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2);

    private static DType WithShorterBlocks(DType type) => type switch
    {
        DType.Q4_K => DType.Q5_0,
        DType.Q5_K => DType.Q5_1,
        DType.Q6_K => DType.Q8_0,
        _ => DType.IQ4_NL,
    };
}

using System.Collections.Frozen;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Which element type each matrix of a file gets. A file is named by the type of most of its matrices; llama.cpp's quantizer
/// gives the output matrix, and in the <c>_m</c> mixtures some others, more bits, and so do these files.
/// </summary>
internal sealed class SyntheticTypes
{
    private static readonly FrozenDictionary<string, DType> Plain = Enum.GetValues<DType>()
        .Where(NumberFormats.CanQuantize).ToFrozenDictionary(type => type.ToString().ToLowerInvariant());

    private static readonly string[] Mixtures = ["q4_k_m", "q5_k_m"];

    private readonly string _name;
    private readonly DType _base;
    private readonly bool _isMixture;

    private SyntheticTypes(string name, DType type, bool isMixture) => (_name, _base, _isMixture) = (name, type, isMixture);

    /// <summary>The number by which GGUF metadata name the mixture, <c>general.file_type</c>; null where there is none.</summary>
    public int? FileType => _name switch
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
        var isMixture = Mixtures.Contains(lower);
        return Plain.TryGetValue(isMixture ? lower[..^2] : lower, out var type)
            ? new SyntheticTypes(lower, type, isMixture)
            : throw new ArgumentException($"'{name}' is no type of weights that can be made; there are "
                + string.Join(", ", Plain.Keys.Concat(Mixtures).Order(StringComparer.Ordinal)));
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

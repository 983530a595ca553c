using System.Collections.Frozen;
using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>The numbers by which GGUF calls the element types (ggml.h, <c>enum ggml_type</c>).</summary>
internal static class GgmlTypes
{
    private static readonly (int Id, DType Type)[] Table =
    [
        (0, DType.F32), (1, DType.F16), (2, DType.Q4_0), (3, DType.Q4_1), (6, DType.Q5_0), (7, DType.Q5_1), (8, DType.Q8_0),
        (10, DType.Q2_K), (11, DType.Q3_K), (12, DType.Q4_K), (13, DType.Q5_K), (14, DType.Q6_K),
        (16, DType.IQ2_XXS), (17, DType.IQ2_XS), (18, DType.IQ3_XXS), (19, DType.IQ1_S), (20, DType.IQ4_NL), (21, DType.IQ3_S),
        (22, DType.IQ2_S), (23, DType.IQ4_XS), (24, DType.I8), (25, DType.I16), (26, DType.I32), (27, DType.I64), (28, DType.F64),
        (29, DType.IQ1_M), (30, DType.BF16), (34, DType.TQ1_0), (35, DType.TQ2_0), (39, DType.MXFP4), (40, DType.NVFP4),
    ];

    private static readonly FrozenDictionary<uint, DType> ById = Table.ToFrozenDictionary(row => (uint)row.Id, row => row.Type);
    private static readonly FrozenDictionary<DType, int> ByType = Table.ToFrozenDictionary(row => row.Type, row => row.Id);

    /// <summary>Every element type that a GGUF file can hold.</summary>
    public static IEnumerable<DType> All => Table.Select(row => row.Type);

    public static bool TryGetType(uint id, out DType type) => ById.TryGetValue(id, out type);

    public static bool TryGetId(DType type, out int id) => ByType.TryGetValue(type, out id);
}

using Ashlar.Tensors;

namespace Ashlar.Models.Safetensors;

/// <summary>The names by which safetensors calls the element types.</summary>
internal static class SafetensorsTypes
{
    /// <summary>The types that are read and written; U8 and the 8-bit floats are not among them.</summary>
    public static readonly (string Name, DType Type)[] Table =
    [
        ("F64", DType.F64), ("F32", DType.F32), ("F16", DType.F16), ("BF16", DType.BF16),
        ("I64", DType.I64), ("I32", DType.I32), ("I16", DType.I16), ("I8", DType.I8), ("BOOL", DType.Bool),
    ];

    public static string? NameOf(DType type)
    {
        foreach (var (name, known) in Table)
        {
            if (known == type) return name;
        }

        return null;
    }
}

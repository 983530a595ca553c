using Ashlar.Tensors;

namespace Ashlar.Models.Safetensors;

/// <summary>What the header says of one tensor; begin and end are counted from the first byte after the header.</summary>
internal sealed record SafetensorsEntry(string Name, DType Type, long[] Shape, long Begin, long End)
{
    /// <summary>Whether shape and type make as many bytes as the range has, and without overflow.</summary>
    public bool IsWhole()
    {
        var elements = UInt128.One;
        if (Shape.Contains(0L)) return Begin == End;

        foreach (var size in Shape)
        {
            elements *= (ulong)size; // both factors are below 2^63
            if (elements > long.MaxValue) return false;
        }

        return elements * (uint)Type.BlockBytes == (UInt128)(End - Begin);
    }
}

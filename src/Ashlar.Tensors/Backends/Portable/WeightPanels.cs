using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Products of rows with sixteen columns of packed weights.</summary>
internal abstract unsafe class WeightPanels
{
    /// <summary>Bytes of sixteen packed columns.</summary>
    public abstract long GroupBytes { get; }

    /// <summary>Bytes from row to row of the input.</summary>
    public abstract long InputStride { get; }

    /// <summary>How much scratch memory <see cref="Multiply"/> uses.</summary>
    public abstract long ScratchBytes { get; }

    /// <summary>Computes sixteen columns, or fewer, of all rows.</summary>
    /// <param name="weights">The packed columns.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">How many columns are written, 1 to 16.</param>
    /// <param name="scratch">Scratch memory.</param>
    public abstract void Multiply(byte* weights, in MatMulRows rows, int columns, byte* scratch);

    /// <summary>What multiplies weights of a type.</summary>
    /// <exception cref="NotSupportedException">The rows' form is not the one that the type takes.</exception>
    public static WeightPanels Of(DType type, long k, QuantizedRows? rows, long inputStride)
    {
        if (rows is not null && WeightTable.Find(type) is { } format) return new QuantizedPanels(format, k, rows);
        // A stride of 0 says that the rows are not F32.
        if (rows is null && PlainWeights.CanPack(type) && inputStride > 0) return new PlainPanels(type, k, inputStride);
        var form = rows?.ToString() ?? (inputStride > 0 ? "f32" : "bf16");
        throw new NotSupportedException($"weights of {type} cannot be multiplied with rows of {form}");
    }
}

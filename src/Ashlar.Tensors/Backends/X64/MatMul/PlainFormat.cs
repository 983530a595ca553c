using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>How a tile reads weights from memory.</summary>
internal enum PlainReading
{
    /// <summary>F32 as it lies.</summary>
    Singles,
    /// <summary>F16, made F32 in a register.</summary>
    Halves,
    /// <summary>Pairs of BF16, made two vectors of F32 in registers.</summary>
    Pairs,
    /// <summary>Pairs of BF16, multiplied as pairs.</summary>
    DotPairs,
}

/// <summary>
/// What the loops need to know of a format. Rows are walked by double words: an element of F32 or a pair of BF16.
/// </summary>
/// <param name="Reading">How tiles read the weights.</param>
/// <param name="Words">Double words of a row.</param>
/// <param name="WordBytes">Bytes of 16 columns of weights for one double word of a row.</param>
/// <param name="GroupBytes">Bytes from one group of 16 columns to the next.</param>
internal sealed record PlainFormat(PlainReading Reading, long Words, int WordBytes, long GroupBytes)
{
    private const int FloatBytes = 64, HalfBytes = 32;

    /// <summary>Double words of a row that tiles take in a step.</summary>
    public int StepWords => Reading == PlainReading.Pairs ? 2 : 1;

    /// <summary>Whether the matrix is not packed but lies as (k, n): panels are brought together first.</summary>
    public bool IsRowMajor { get; init; }

    /// <summary>Whether tiles would spend instructions, or misses, that a copy of the panel spares.</summary>
    public bool IsConverted => IsRowMajor || Reading is PlainReading.Halves or PlainReading.Pairs;

    /// <summary>The format of a type on an instruction set.</summary>
    public static PlainFormat Of(DType type, long k, InstructionSet set)
    {
        var bytes = PlainWeights.GroupBytes(type, k);
        return type switch
        {
            DType.F32 => new PlainFormat(PlainReading.Singles, k, FloatBytes, bytes),
            DType.F16 => new PlainFormat(PlainReading.Halves, k, HalfBytes, bytes),
            _ when set >= InstructionSet.Avx512Bf16 => new PlainFormat(PlainReading.DotPairs, (k + 1) / 2, FloatBytes, bytes),
            _ => new PlainFormat(PlainReading.Pairs, k, HalfBytes, bytes),
        };
    }

    /// <summary>A matrix (k, n) of F32 as it lies.</summary>
    public static PlainFormat RowMajor(long k, long n) =>
        new(PlainReading.Singles, k, checked((int)n * sizeof(float)), FloatBytes) { IsRowMajor = true };

    /// <summary>What remains of a format when a panel of it was converted.</summary>
    /// <param name="words">Double words that the panel is made for.</param>
    public PlainFormat Converted(long words) => new(PlainReading.Singles, Words, FloatBytes, words * FloatBytes);
}

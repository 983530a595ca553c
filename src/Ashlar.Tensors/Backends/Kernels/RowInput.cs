namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Where a row program reads: row r of the range takes row <c>(r / Divisor) % Modulus</c> of the input (no modulus where that is
/// 0), which begins <c>Stride</c> elements after the one before, and <c>(r / OuterDivisor) * OuterStride</c> on where there is an
/// outer divisor.
/// </summary>
/// <param name="IsScalar">Whether there is one number for a row, and not a vector of the program's width.</param>
/// <param name="Stride">F32 elements from row to row; 0 where all rows share one, as they do a norm's weights.</param>
/// <param name="Divisor">How many successive rows share a row of the input.</param>
/// <param name="Modulus">How many rows the input has before it begins again; 0 where it does not.</param>
/// <param name="OuterDivisor">How many successive rows share a run of rows of the input; 0 where there are no such runs.</param>
/// <param name="OuterStride">F32 elements from run to run.</param>
internal sealed record RowInput(
    bool IsScalar, long Stride, long Divisor = 1, long Modulus = 0, long OuterDivisor = 0, long OuterStride = 0);

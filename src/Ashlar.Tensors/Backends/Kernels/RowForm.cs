namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>How the rows that a matrix is multiplied with are stored.</summary>
internal enum RowForm
{
    /// <summary>Elements of F32, any stride.</summary>
    F32,
    /// <summary>Elements of BF16, rounded to the nearest even; rows of <see cref="BFloat16Rows.Stride"/> bytes.</summary>
    BF16,
    /// <summary>Signed bytes with a scale for every 32, as <see cref="QuantizedRows"/> lays them out.</summary>
    Q8,
}

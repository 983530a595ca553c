namespace Ashlar.Tensors.Backends.Portable;

/// <summary>The rows of a matrix product: successive ones, or those that a list names.</summary>
/// <param name="input">The first row of the input.</param>
/// <param name="inputStride">Bytes from row to row of the input.</param>
/// <param name="output">The first row of the output, at the columns that are computed.</param>
/// <param name="outputStride">Bytes from row to row of the output.</param>
/// <param name="count">How many rows.</param>
/// <param name="order">The number of each row; null where they are successive.</param>
/// <param name="divisor">How many successive rows of the output share a row of the input.</param>
internal readonly unsafe struct MatMulRows(
    byte* input, long inputStride, byte* output, long outputStride, long count, int* order = null, int divisor = 1)
{
    public long Count => count;

    public byte* Input(long row) => input + (order == null ? row : order[row] / divisor) * inputStride;

    public float* Output(long row) => (float*)(output + (order == null ? row : order[row]) * outputStride);
}

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Where tiles find the elements of their rows.</summary>
/// <param name="RowStride">Bytes from row to row of a tile.</param>
/// <param name="WordStride">Bytes from double word to double word of a row.</param>
/// <param name="TileStride">Bytes from a tile of the most rows to the next; 0 where tiles follow as rows do.</param>
internal readonly record struct PlainRows(long RowStride, int WordStride = sizeof(float), long TileStride = 0);

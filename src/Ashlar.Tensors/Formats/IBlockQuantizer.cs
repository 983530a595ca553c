namespace Ashlar.Tensors.Formats;

/// <summary>A block format that can also be made.</summary>
internal interface IBlockQuantizer : IBlockFormat
{
    /// <summary>Makes one block.</summary>
    /// <param name="values">(block elements) the values, divided by <paramref name="unit"/> to lie within [-1, 1].</param>
    /// <param name="unit">The largest magnitude of the block; 1 where all are zero.</param>
    /// <param name="block">Receives the bytes.</param>
    static abstract void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block);
}

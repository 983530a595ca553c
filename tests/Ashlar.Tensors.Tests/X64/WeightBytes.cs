namespace Ashlar.Tensors.Tests.X64;

/// <summary>Bytes of weights in any block format.</summary>
internal static class WeightBytes
{
    /// <summary>Random blocks of which all numbers are finite and of a size.</summary>
    /// <param name="type">The format.</param>
    /// <param name="elements">How many elements, a multiple of the block.</param>
    /// <param name="random">Where the bytes come from.</param>
    /// <param name="isExtreme">Whether all codes are the largest, or the lowest of Q8_0.</param>
    public static byte[] Random(DType type, int elements, Random random, bool isExtreme)
    {
        var bytes = new byte[type.ByteLength(elements)];
        random.NextBytes(bytes);
        if (isExtreme) Array.Fill(bytes, type != DType.Q8_0 ? (byte)0xFF : random.Next(2) == 0 ? (byte)0x80 : (byte)0x7F);
        for (var block = 0; block < bytes.Length; block += type.BlockBytes)
        {
            foreach (var half in Halves(type))
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(block + half), (Half)(random.NextSingle() - 0.5f));
            }

            if (type == DType.MXFP4) bytes[block] = (byte)random.Next(110, 130);
            if (type == DType.NVFP4) random.NextBytes(bytes.AsSpan(block, 4));
            // The scale of IQ1_M is scattered over the top nibbles of four words.
            if (type == DType.IQ1_M) bytes[block + 55] = (byte)(bytes[block + 55] & 0x0F | random.Next(0, 4) << 4);
        }

        return bytes;
    }

    private static int[] Halves(DType type) => type switch
    {
        DType.Q4_1 or DType.Q5_1 or DType.Q4_K or DType.Q5_K => [0, 2],
        DType.Q2_K => [80, 82],
        DType.Q3_K => [108],
        DType.Q6_K => [208],
        DType.TQ1_0 => [52],
        DType.TQ2_0 => [64],
        DType.MXFP4 or DType.NVFP4 or DType.IQ1_M => [],
        _ => [0],
    };
}

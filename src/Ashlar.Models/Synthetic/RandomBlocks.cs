using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Fills tensors of any type with normally distributed weights, at memory speed: some thousand blocks are quantized once, and tensors are
/// put together from blocks drawn at random. The same seed gives the same weights.
/// </summary>
internal sealed class RandomBlocks(ulong seed)
{
    private const int PoolElements = 1 << 16;
    private const int PlainBlock = 32; // elements that are drawn together where the type has no blocks

    private readonly Dictionary<(DType, float), byte[]> _pools = [];
    private ulong _state = seed;

    /// <summary>Weights with this standard deviation.</summary>
    public unsafe TensorData Normal(DType type, float deviation, params ReadOnlySpan<long> sizes)
    {
        var data = TensorData.Allocate(type, sizes);
        var block = Math.Max(type.BlockElements, PlainBlock);
        var bytes = (int)type.ByteLength(block);
        var pool = Pool(type, deviation);
        for (long offset = 0; offset < data.Bytes; offset += bytes)
        {
            var length = (int)Math.Min(bytes, data.Bytes - offset);
            var from = (int)(Next() % (ulong)(PoolElements / block)) * bytes;
            pool.AsSpan(from, length).CopyTo(new Span<byte>(data.Pointer + offset, length));
        }

        return data;
    }

    private byte[] Pool(DType type, float deviation)
    {
        if (_pools.TryGetValue((type, deviation), out var pool)) return pool;
        var values = new float[PoolElements];
        for (var i = 0; i < values.Length; i += 2)
        {
            // Box and Muller's transform of two uniform numbers.
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Uniform()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * Uniform());
            (values[i], values[i + 1]) = ((float)(radius * cosine), (float)(radius * sine));
        }

        pool = new byte[type.ByteLength(PoolElements)];
        NumberFormats.Quantize(type, values, pool);
        _pools.Add((type, deviation), pool);
        return pool;
    }

    private double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    // SplitMix64 (Steele, Lea and Flood, 2014).
    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

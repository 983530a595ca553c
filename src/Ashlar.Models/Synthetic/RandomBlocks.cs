using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Fills tensors of any type with normally distributed weights, at memory speed: some thousand blocks are quantized once, and
/// tensors are put together from blocks drawn at random. A tensor's place in the model alone says what it gets, whatever threads
/// there are.
/// </summary>
internal sealed class RandomBlocks
{
    private const int PoolElements = 1 << 16;
    private const int PlainBlock = 32; // elements that are drawn together where the type has no blocks
    private const int RunBlocks = 1 << 14; // blocks that one thread draws in a row

    private readonly Dictionary<(DType, float), byte[]> _pools = [];

    /// <summary>Makes a tensor.</summary>
    /// <param name="tensor">What is to be made.</param>
    /// <param name="place">Its place in the model, from 0.</param>
    public unsafe TensorData Make(SyntheticTensor tensor, int place)
    {
        var data = TensorData.Allocate(tensor.Type, tensor.Sizes);
        if (tensor.Deviation == 0)
        {
            data.AsSpan<float>().Fill(1);
            return data;
        }

        var block = Math.Max(tensor.Type.BlockElements, PlainBlock);
        var bytes = (int)tensor.Type.ByteLength(block);
        var pool = Pool(tensor.Type, tensor.Deviation);
        var runs = (data.Bytes / bytes + RunBlocks) / RunBlocks;
        Parallel.For(0, runs, run =>
        {
            var random = new SplitMix(((ulong)(uint)place << 32) + (ulong)run);
            var end = Math.Min(data.Bytes, (run + 1) * RunBlocks * bytes);
            for (var offset = run * RunBlocks * bytes; offset < end; offset += bytes)
            {
                var length = (int)Math.Min(bytes, end - offset);
                var from = (int)(random.Next() % (ulong)(PoolElements / block)) * bytes;
                pool.AsSpan(from, length).CopyTo(new Span<byte>(data.Pointer + offset, length));
            }
        });
        return data;
    }

    private byte[] Pool(DType type, float deviation)
    {
        if (_pools.TryGetValue((type, deviation), out var pool)) return pool;
        var random = new SplitMix(ulong.MaxValue);
        var values = new float[PoolElements];
        for (var i = 0; i < values.Length; i += 2)
        {
            // Box and Muller's transform of two uniform numbers.
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.Uniform()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.Uniform());
            (values[i], values[i + 1]) = ((float)(radius * cosine), (float)(radius * sine));
        }

        pool = new byte[type.ByteLength(PoolElements)];
        NumberFormats.Quantize(type, values, pool);
        _pools.Add((type, deviation), pool);
        return pool;
    }
}

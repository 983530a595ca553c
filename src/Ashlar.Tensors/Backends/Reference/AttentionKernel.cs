using System.Numerics;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Attention, one token and head at a time: scores, softmax, weighted sum of values, in the order of positions.</summary>
internal static unsafe class AttentionKernel
{
    public static void Run(Attention attention, ReadOnlySpan<TensorData> inputs, TensorData output, ParallelLoop loop)
    {
        var (queries, keys, values, positions, sequences, table) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]);
        var sinks = attention.HasSinks ? inputs[6] : null;
        long pairs = 0;
        for (long token = 0; token < positions.Elements; token++)
        {
            CheckToken(attention, positions.As<int>()[token], sequences.As<int>()[token], table, keys.Sizes[0]);
            pairs += positions.As<int>()[token] + 1;
        }

        var heads = queries.Sizes[1];
        var work = pairs * heads * (queries.Sizes[2] + values.Sizes[2]);
        loop.Run(queries.Sizes[0] * heads, work, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                if (queries.Type == DType.F32) OneHead<float>(attention, queries, keys, values, positions, sequences, table, sinks, output, i / heads, i % heads);
                else OneHead<double>(attention, queries, keys, values, positions, sequences, table, sinks, output, i / heads, i % heads);
            }
        });
    }

    private static void CheckToken(Attention attention, int position, int sequence, TensorData table, long rows)
    {
        var (sequences, blocks) = (table.Sizes[0], table.Sizes[1]);
        RowIndex.Check(sequence, sequences, "attention: sequence");
        RowIndex.Check(position, blocks * attention.BlockSize, "attention: position");
        for (long block = First(attention, position) / attention.BlockSize; block <= position / attention.BlockSize; block++)
        {
            RowIndex.Check(table.As<int>()[sequence * blocks + block], rows / attention.BlockSize, "attention: block");
        }
    }

    private static long First(Attention attention, long position) => attention.Window == 0 ? 0 : Math.Max(0, position - attention.Window + 1);

    private static void OneHead<T>(Attention attention, TensorData queries, TensorData keys, TensorData values, TensorData positions,
        TensorData sequences, TensorData table, TensorData? sinks, TensorData output, long token, long head)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (size, valueSize, keyHeads) = (queries.Sizes[2], values.Sizes[2], keys.Sizes[1]);
        long position = positions.As<int>()[token];
        var first = First(attention, position);
        var blocks = table.As<int>() + sequences.As<int>()[token] * table.Sizes[1];
        var query = queries.As<T>() + (token * queries.Sizes[1] + head) * size;
        var keyHead = head * keyHeads / queries.Sizes[1];
        var (scores, row) = (new T[position - first + 1], new T[Math.Max(size, valueSize)]);

        var largest = sinks is null ? T.NegativeInfinity : T.CreateSaturating(sinks.As<float>()[head]);
        for (var j = first; j <= position; j++)
        {
            var score = Dot(query, Row(keys, j, row), size) * T.CreateSaturating(attention.Scale);
            if (attention.SoftCap > 0) score = T.CreateSaturating(attention.SoftCap) * T.Tanh(score / T.CreateSaturating(attention.SoftCap));
            scores[j - first] = score;
            largest = T.Max(largest, score);
        }

        var total = sinks is null ? T.Zero : T.Exp(T.CreateSaturating(sinks.As<float>()[head]) - largest);
        foreach (ref var score in scores.AsSpan())
        {
            score = T.Exp(score - largest);
            total += score;
        }

        var result = new Span<T>(output.As<T>() + (token * queries.Sizes[1] + head) * valueSize, checked((int)valueSize));
        result.Clear();
        for (var j = first; j <= position; j++)
        {
            var value = Row(values, j, row);
            for (var i = 0; i < result.Length; i++) result[i] += scores[j - first] * value[i];
        }

        foreach (ref var sum in result) sum /= total;

        // One position's head of a cache, as numbers of the type that is computed in.
        ReadOnlySpan<T> Row(TensorData cache, long j, Span<T> buffer)
        {
            var length = cache.Sizes[2];
            var index = ((long)blocks[j / attention.BlockSize] * attention.BlockSize + j % attention.BlockSize) * keyHeads + keyHead;
            var bytes = cache.Type.ByteLength(length);
            var source = cache.Pointer + index * bytes;
            if (cache.Type == queries.Type) return new ReadOnlySpan<T>(source, (int)length);

            Span<float> decoded = stackalloc float[(int)length];
            NumberFormats.Dequantize(cache.Type, new ReadOnlySpan<byte>(source, (int)bytes), decoded);
            for (var i = 0; i < decoded.Length; i++) buffer[i] = T.CreateSaturating(decoded[i]);
            return buffer[..(int)length];
        }
    }

    private static T Dot<T>(T* x, ReadOnlySpan<T> y, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* start = y)
        {
            return typeof(T) == typeof(float)
                ? T.CreateTruncating(DotProduct.Of((float*)x, (float*)start, length))
                : T.CreateTruncating(DotProduct.Of((double*)x, (double*)start, length));
        }
    }
}

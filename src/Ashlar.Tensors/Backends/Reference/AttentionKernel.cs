using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Attention in the order of positions: scores, softmax, weighted sum of values. Neighbouring tokens of one sequence, and the
/// heads that share a key head, go over the cache together, so that each of its rows is decoded once for them; their numbers do
/// not meet.
/// </summary>
internal static unsafe class AttentionKernel
{
    private const int TokensAtOnce = 8;

    public static void Run(Attention attention, ReadOnlySpan<TensorData> inputs, TensorData output, ParallelLoop loop)
    {
        var (queries, keys, values) = (inputs[0], inputs[1], inputs[2]);
        var tokens = new CachedTokens(attention, inputs[3], inputs[4], inputs[5], keys.Sizes[0]);
        var sinks = attention.HasSinks ? inputs[6] : null;
        var (runs, keyHeads) = (tokens.Runs(TokensAtOnce), keys.Sizes[1]);
        var work = tokens.Pairs * queries.Sizes[1] * (queries.Sizes[2] + values.Sizes[2]);
        loop.Run(runs.Length * keyHeads, work, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var (start, count) = runs[i / keyHeads];
                if (queries.Type == DType.F32)
                {
                    Attend<float>(attention, queries, keys, values, sinks, tokens, output, start, count, i % keyHeads);
                }
                else
                {
                    Attend<double>(attention, queries, keys, values, sinks, tokens, output, start, count, i % keyHeads);
                }
            }
        });
    }

    // Tokens [start, start + count) of one sequence, and every head that uses one key head.
    private static void Attend<T>(Attention attention, TensorData queries, TensorData keys, TensorData values, TensorData? sinks,
        CachedTokens tokens, TensorData output, long start, int count, long keyHead) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (heads, size, valueSize) = (queries.Sizes[1], queries.Sizes[2], values.Sizes[2]);
        var group = heads / keys.Sizes[1];
        long first = long.MaxValue, last = 0;
        for (var token = start; token < start + count; token++)
        {
            first = Math.Min(first, tokens.First(token));
            last = Math.Max(last, tokens.Position(token));
        }

        var span = last - first + 1;
        using var memory = new Runtime.NativeBlock(count * group * span * sizeof(T));
        using var buffer = new Runtime.NativeBlock(Math.Max(size, valueSize) * sizeof(T));
        var scores = (T*)memory.Pointer; // (tokens, heads of the group, positions from first to last)
        var (scale, cap) = (T.CreateSaturating(attention.Scale), T.CreateSaturating(attention.SoftCap));

        for (var j = first; j <= last; j++)
        {
            var key = CacheRow.Read(keys, tokens.Row(start, j) * keys.Sizes[1] + keyHead, (T*)buffer.Pointer);
            for (var token = start; token < start + count; token++)
            {
                if (!tokens.Sees(token, j)) continue;
                var query = queries.As<T>() + (token * heads + keyHead * group) * size;
                var place = scores + (token - start) * group * span + j - first;
                for (long head = 0; head < group; head++)
                {
                    var score = CacheRow.Dot(query + head * size, key, size) * scale;
                    place[head * span] = attention.SoftCap > 0 ? cap * T.Tanh(score / cap) : score;
                }
            }
        }

        for (long i = 0; i < count * group; i++)
        {
            var (token, head) = (start + i / group, keyHead * group + i % group);
            var seen = new Span<T>(
                scores + i * span + tokens.First(token) - first,
                checked((int)(tokens.Position(token) - tokens.First(token) + 1)));
            Softmax(seen, sinks is null ? null : T.CreateSaturating(sinks.As<float>()[head]));
            for (long v = 0; v < valueSize; v++) output.As<T>()[(token * heads + head) * valueSize + v] = T.Zero;
        }

        for (var j = first; j <= last; j++)
        {
            var value = CacheRow.Read(values, tokens.Row(start, j) * keys.Sizes[1] + keyHead, (T*)buffer.Pointer);
            for (var token = start; token < start + count; token++)
            {
                if (!tokens.Sees(token, j)) continue;
                var result = output.As<T>() + (token * heads + keyHead * group) * valueSize;
                var place = scores + (token - start) * group * span + j - first;
                for (long head = 0; head < group; head++)
                {
                    CacheRow.AddScaled(result + head * valueSize, value, place[head * span], valueSize);
                }
            }
        }
    }

    // A sink takes part in maximum and sum, and in nothing else.
    private static void Softmax<T>(Span<T> scores, T? sink) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var largest = sink ?? T.NegativeInfinity;
        foreach (var score in scores) largest = T.Max(largest, score);
        var total = sink is { } extra ? T.Exp(extra - largest) : T.Zero;
        foreach (ref var score in scores)
        {
            score = T.Exp(score - largest);
            total += score;
        }

        foreach (ref var score in scores) score /= total;
    }
}

using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class AttentionTests
{
    [Theory]
    [InlineData(DType.F32, DType.F32, DType.F32)]
    [InlineData(DType.F32, DType.F16, DType.F16)]
    [InlineData(DType.F32, DType.BF16, DType.F32)]
    [InlineData(DType.F64, DType.F64, DType.F64)]
    [InlineData(DType.F64, DType.F16, DType.BF16)]
    public void Ragged_batches_over_shuffled_blocks_agree_with_the_formula(DType type, DType keys, DType values)
    {
        var random = Seeded(50);
        foreach (var attention in new Attention[]
                 { new(4, 0.3), new(1, 0.5), new(5, 0.3, Window: 3), new(4, 0.7, SoftCap: 1.5), new(4, 0.3, HasSinks: true),
                     new(3, 0.4, 6, 2, true) })
        {
            foreach (var (heads, keyHeads, size, valueSize) in new (int, int, int, int)[] { (1, 1, 1, 1), (4, 4, 16, 16),
                (6, 2, 19, 33), (8, 1, 5, 3) })
            {
                var batch = Batch.Random(random, attention, type, keys, values, heads, keyHeads, size, valueSize);
                var actual = Run(attention, batch.Inputs);
                AssertClose(batch.Expected(), actual, 4 * Tolerance(type));
                foreach (var threads in new[] { 2, 5 }) AssertSameBits(actual, Run(attention, threads, batch.Inputs));
                for (var token = 0; token < batch.Tokens; token++)
                {
                    AssertSameBits(Row(actual, token), Run(attention, batch.Alone(token)));
                }
            }
        }
    }

    [Fact]
    public void A_batch_without_tokens_is_nothing()
    {
        var batch = new Batch(new Attention(4, 1), Seeded(51), DType.F32, DType.F32, DType.F32, 2, 1, 8, 8, [], 2, 3);
        Assert.Equal(0, Run(batch.Attention, batch.Inputs).Elements);
    }

    [Theory]
    [InlineData(3, 0, -1, "no position -1")]
    [InlineData(3, 0, 12, "no position 12")]
    [InlineData(3, 2, 0, "no sequence 2")]
    [InlineData(3, -1, 0, "no sequence -1")]
    [InlineData(4, 5, 0, "no block 6")]
    [InlineData(4, 5, 1, "no block -3")]
    public void Wrong_positions_sequences_and_blocks_are_named(int kind, int a, int b, string message)
    {
        var batch = new Batch(
            new Attention(4, 1), Seeded(52), DType.F32, DType.F32, DType.F32, 2, 1, 8, 8, [(0, 11), (1, 7)], 2, 3);
        if (kind == 3)
        {
            (batch.Inputs[4].AsSpan<int>()[1], batch.Inputs[3].AsSpan<int>()[1]) = (a, b);
        }
        else
        {
            batch.Inputs[5].AsSpan<int>()[1] = b == 0 ? 6 : -3;
        }

        var error = Assert.Throws<InvalidOperationException>(() => Run(batch.Attention, batch.Inputs));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_that_no_token_sees_need_not_exist()
    {
        // Blocks before the window and after the last position are never read: their rows were given to others.
        var attention = new Attention(4, 1, Window: 4);
        var batch = new Batch(attention, Seeded(53), DType.F32, DType.F32, DType.F32, 2, 1, 8, 8, [(0, 8)], 1, 4);
        batch.Inputs[5].AsSpan<int>()[0] = -1;
        batch.Inputs[5].AsSpan<int>()[3] = 1_000_000;
        AssertClose(batch.Expected(), Run(attention, batch.Inputs), 1e-5);
    }

    private static unsafe TensorData Row(TensorData data, long row)
    {
        var sizes = data.Sizes.ToArray();
        sizes[0] = 1;
        return TensorData.Wrap(data.Pointer + row * (data.Bytes / data.Sizes[0]), data, data.Type, sizes);
    }

    /// <summary>Tokens of several sequences, a cache whose blocks lie in no order, and the formula in double.</summary>
    private sealed class Batch
    {
        private readonly int _heads;

        public Batch(Attention attention, Random random, DType type, DType keys, DType values,
            int heads, int keyHeads, int size, int valueSize, (int Sequence, int Position)[] tokens, int sequences, int blocks)
        {
            (Attention, Tokens, _heads) = (attention, tokens.Length, heads);
            var table = Enumerable.Range(0, sequences * blocks).ToArray();
            random.Shuffle(table);
            var rows = sequences * blocks * attention.BlockSize;
            TensorData[] sinks = attention.HasSinks ? [Guarded.Random(random, DType.F32, heads)] : [];
            Inputs =
            [
                Guarded.Random(random, type, tokens.Length, heads, size),
                Guarded.Random(random, keys, rows, keyHeads, size),
                Guarded.Random(random, values, rows, keyHeads, valueSize),
                Guarded.Of(DType.I32, [tokens.Length], [.. tokens.Select(token => (double)token.Position)]),
                Guarded.Of(DType.I32, [tokens.Length], [.. tokens.Select(token => (double)token.Sequence)]),
                Guarded.Of(DType.I32, [sequences, blocks], [.. table.Select(block => (double)block)]),
                .. sinks,
            ];
        }

        public Attention Attention { get; }

        public int Tokens { get; }

        public TensorData[] Inputs { get; }

        // A prefill in the middle of a sequence, a decode, a whole prompt, and tokens in no order.
        public static Batch Random(
            Random random, Attention attention, DType type, DType keys, DType values, int heads, int keyHeads, int size,
            int valueSize)
        {
            var last = 4 * attention.BlockSize - 1;
            var tokens = Enumerable.Range(Math.Min(2, last), Math.Min(last - 1, 11))
                .Select(position => (2, Math.Min(position, last)))
                .Append((0, last))
                .Concat(Enumerable.Range(0, last + 1).Select(position => (1, position)))
                .Append((3, last / 2)).Append((3, 0)).Append((0, last / 2)).ToArray();
            return new Batch(attention, random, type, keys, values, heads, keyHeads, size, valueSize, tokens, 4, 4);
        }

        public TensorData[] Alone(int token) =>
            [Row(Inputs[0], token), Inputs[1], Inputs[2], Row(Inputs[3], token), Row(Inputs[4], token), .. Inputs[5..]];

        public double[] Expected()
        {
            var (queries, keys, values, table) = (Guarded.Doubles(Inputs[0]), Guarded.Doubles(Inputs[1]),
                Guarded.Doubles(Inputs[2]), Inputs[5]);
            var (keyHeads, size, valueSize) = ((int)Inputs[1].Sizes[1], (int)Inputs[1].Sizes[2], (int)Inputs[2].Sizes[2]);
            var result = new double[Tokens * _heads * valueSize];
            for (var token = 0; token < Tokens; token++)
            {
                var (position, sequence) = (Inputs[3].AsSpan<int>()[token], Inputs[4].AsSpan<int>()[token]);
                for (var head = 0; head < _heads; head++)
                {
                    var keyHead = head / (_heads / keyHeads);
                    var weights = new Dictionary<long, double>();
                    for (var j = 0; j <= position; j++)
                    {
                        if (Attention.Window > 0 && position - j >= Attention.Window) continue;
                        var block = table.AsSpan<int>()[(int)(sequence * table.Sizes[1] + j / Attention.BlockSize)];
                        long row = (block * Attention.BlockSize + j % Attention.BlockSize) * keyHeads + keyHead;
                        var score = 0.0;
                        for (var i = 0; i < size; i++)
                        {
                            score += queries[(token * _heads + head) * size + i] * keys[row * size + i];
                        }
                        score *= Attention.Scale;
                        if (Attention.SoftCap > 0) score = Attention.SoftCap * Math.Tanh(score / Attention.SoftCap);
                        weights.Add(row, Math.Exp(score));
                    }

                    var total = weights.Values.Sum() + (Attention.HasSinks ? Math.Exp(Inputs[6].AsSpan<float>()[head]) : 0);
                    foreach (var (row, weight) in weights)
                    {
                        for (var i = 0; i < valueSize; i++)
                        {
                            result[(token * _heads + head) * valueSize + i] += weight / total * values[row * valueSize + i];
                        }
                    }
                }
            }

            return result;
        }
    }
}

using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

public class ExponentialsTests
{
    private const int Seed = 20261121;

    /// <summary>Plain arithmetic in the stated order gives the bits that vectors of any width give.</summary>
    [Fact]
    public void Weights_and_sums_have_the_bits_of_plain_arithmetic_in_the_stated_order()
    {
        var random = new Random(Seed);
        foreach (var scale in new[] { 1f, 1.25f, 0.5f, 1e4f, float.MaxValue })
        {
            var logits = RandomLogits.Make(random, 4096);
            var largest = logits.Max();
            var weights = new float[logits.Length];
            Exponentials.Weigh(logits, largest, scale, weights);
            Assert.Equal(logits.Select(logit => Plain((logit - largest) * scale)), weights);
            Assert.Equal(PlainSum(weights), Exponentials.Sum(weights));
        }
    }

    [Fact]
    public void Exponentials_are_within_three_ten_millionths()
    {
        var logits = Enumerable.Range(0, 1 << 16).Select(i => -i / 700f).ToArray();
        var weights = new float[logits.Length];
        Exponentials.Weigh(logits, 0, 1, weights);
        foreach (var (logit, weight) in logits.Zip(weights))
        {
            var expected = Math.Exp(logit);
            if (logit < -87.3f) Assert.Equal(0, weight);
            else Assert.True(Math.Abs(weight / expected - 1) < 3e-7, $"exp({logit}) is {expected}, not {weight}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(32_003)]
    public void The_logarithm_of_a_sum_of_exponentials_is_right_for_every_length(int length)
    {
        var random = new Random(Seed);
        var logits = Enumerable.Range(0, length).Select(_ => random.NextSingle() * 30 - 20).ToArray();
        var expected = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        Assert.Equal(expected, Exponentials.LogSumExp(logits), 3e-7);
        if (length > 1) logits[length / 2] = float.NegativeInfinity;
        expected = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        Assert.Equal(expected, Exponentials.LogSumExp(logits), 3e-7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(128)]
    public void Log_probabilities_name_ranks_and_the_likeliest(int likeliest)
    {
        var random = new Random(Seed);
        foreach (var length in new[] { 5, 64, 1001, 5000 })
        {
            var logits = RandomLogits.Make(random, length);
            var total = Math.Log(logits.Sum(logit => Math.Exp(logit - (double)logits.Max()))) + logits.Max();
            var ranked = logits.Index().OrderByDescending(l => l.Item).ThenBy(l => l.Index).ToArray();
            for (var round = 0; round < 20; round++)
            {
                var token = random.Next(length);
                var found = LogProbabilities.Of(logits, token, likeliest, [0, length - 1]);
                Assert.Equal(1 + Array.FindIndex(ranked, l => l.Index == token), found.Rank);
                Assert.Equal(ranked.Take(likeliest).Select(l => l.Index), found.Likeliest.Select(l => l.Token));
                Assert.All(found.Likeliest.Concat(found.Asked), l => Check(l.Token, l.LogProbability));
                Check(token, found.LogProbability);
            }

            void Check(int token, float probability)
            {
                var expected = logits[token] - total;
                if (double.IsInfinity(expected)) Assert.Equal(float.NegativeInfinity, probability);
                else Assert.Equal(expected, probability, 1e-6 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(500)]
    public void Masks_forbid_the_tokens_whose_bits_are_not_set(int vocabulary)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 20; round++)
        {
            var mask = Enumerable.Range(0, (vocabulary + 31) / 32)
                .Select(_ => random.Next(3) switch { 0 => uint.MaxValue, 1 => 0u, _ => (uint)random.NextInt64(1L << 32) }).ToArray();
            var logits = RandomLogits.Make(random, vocabulary);
            var expected = logits.Select((l, i) => (mask[i / 32] >> i % 32 & 1) == 1 ? l : float.NegativeInfinity).ToArray();
            Candidates.Forbid(logits, mask);
            Assert.Equal(expected, logits);
        }
    }

    private static float Plain(float x)
    {
        if (!(x >= -87.3f)) return 0;
        const float ToWhole = 12582912;
        var n = (float)((float)((float)(x * 1.44269504f) + ToWhole) - ToWhole);
        var rest = (float)((float)(x - (float)(n * 0.693359375f)) - (float)(n * -2.12194440e-4f));
        var sum = 1 / 5040f;
        foreach (var term in (ReadOnlySpan<float>)[1 / 720f, 1 / 120f, 1 / 24f, 1 / 6f, 0.5f, 1, 1])
        {
            sum = (float)((float)(sum * rest) + term);
        }

        return sum * MathF.ScaleB(1, (int)n);
    }

    private static double PlainSum(float[] values)
    {
        var lanes = new double[16];
        foreach (var (index, value) in values.Index()) lanes[index % 16] += value;
        for (var half = 8; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }
}

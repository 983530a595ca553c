using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

public class SamplerTests
{
    private static readonly SamplingOptions Everything = new()
    {
        Temperature = 0.9f,
        TopK = 400,
        TopP = 0.98f,
        MinP = 0.0001f,
        TypicalP = 0.97f,
        RepetitionPenalty = 1.1f,
        FrequencyPenalty = 0.2f,
        PresencePenalty = 0.1f,
        LogitBias = new Dictionary<int, float> { [3] = 1.5f },
        Seed = 42,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draws_follow_the_softmax(bool filtered)
    {
        float[] logits = [1, 0, 2, -1, float.NegativeInfinity, 1.5f, 0.5f];
        var options = new SamplingOptions { Temperature = 0.8f, TopK = filtered ? 4 : 0, Seed = 99 };
        var weights = logits.Select(l => Math.Exp(l / 0.8)).ToArray();
        if (filtered) weights[1] = weights[3] = 0;
        var total = weights.Sum();

        const int Draws = 100_000;
        var sampler = new Sampler(options, logits.Length, [], 0);
        var candidates = new Candidates(logits.Length);
        var counts = new int[logits.Length];
        for (var i = 0; i < Draws; i++) counts[sampler.Sample(logits.ToArray(), candidates)]++;

        var chiSquare = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var expected = Draws * weights[i] / total;
            if (expected == 0) Assert.Equal(0, counts[i]);
            else chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
        }

        // At 5 degrees of freedom one in a thousand fair samples exceeds this.
        Assert.True(chiSquare < 20.5, $"seed {options.Seed}: chi-square {chiSquare}");
    }

    [Fact]
    public void The_same_seed_chooses_the_same_tokens()
    {
        Assert.Equal(Run(Everything, 1), Run(Everything, 2));
        Assert.NotEqual(Run(Everything, 1), Run(Everything with { Seed = 43 }, 1));
        Assert.NotEqual(Run(Everything with { Seed = null }, 1), Run(Everything with { Seed = null }, 2));
    }

    [Fact]
    public void Tokens_of_a_seed_do_not_change_with_versions() =>
        Assert.Equal([45, 186, 343, 465, 495], Run(Everything, 0)[..5]);

    [Fact]
    public void Temperature_zero_takes_the_likeliest_and_of_equals_the_lowest_id()
    {
        var sampler = new Sampler(SamplingOptions.Greedy with { TopK = 1, TopP = 0.1f }, 5, [], 0);
        Assert.Equal(1, sampler.Sample([0, 3, -1, 3, float.NegativeInfinity], new(5)));
    }

    [Fact]
    public void A_temperature_near_zero_is_as_good_as_greedy()
    {
        var sampler = new Sampler(new() { Temperature = float.Epsilon }, 4, [], 0);
        Assert.Equal(2, sampler.Sample([-3e38f, 1, 1.0001f, float.NegativeInfinity], new(4)));
    }

    [Theory]
    [InlineData(float.NaN, "token 1 is not a number")]
    [InlineData(float.PositiveInfinity, "token 1 is infinite")]
    public void A_logit_that_is_no_number_is_named(float broken, string message)
    {
        foreach (var options in new[] { SamplingOptions.Greedy, SamplingOptions.Default, Everything })
        {
            var sampler = new Sampler(options, 500, [1, 2], 0);
            var logits = new float[500];
            logits[1] = broken;
            var error = Assert.Throws<NotFiniteNumberException>(() => sampler.Sample(logits, new(500)));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_possible_token_is_an_error()
    {
        var sampler = new Sampler(SamplingOptions.Default, 2, [], 0);
        var error = Assert.Throws<NotFiniteNumberException>(
            () => sampler.Sample([float.NegativeInfinity, float.NegativeInfinity], new(2)));
        Assert.Contains("no token is possible", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated_per_token()
    {
        foreach (var options in new[] { SamplingOptions.Greedy, SamplingOptions.Default, Everything })
        {
            var sampler = new Sampler(options, 500, [1, 2, 3], 0);
            var candidates = new Candidates(500);
            var source = RandomLogits.Make(new(5), 500);
            var logits = new float[500];
            long bytes = 0;
            for (var i = 0; i < 200; i++)
            {
                source.CopyTo(logits, 0);
                var before = GC.GetAllocatedBytesForCurrentThread();
                sampler.Sample(logits, candidates);
                if (i >= 100) bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Assert.Equal(0, bytes);
        }
    }

    private static int[] Run(SamplingOptions options, long seed)
    {
        var random = Xoshiro256.FromSeed(11);
        var sampler = new Sampler(options, 500, [3, 4], seed);
        var candidates = new Candidates(500);
        var flat = Enumerable.Range(0, 64)
            .Select(_ => Enumerable.Range(0, 500).Select(_ => (float)(random.NextUniform() * 2)).ToArray());
        return [.. flat.Select(logits => sampler.Sample(logits, candidates))];
    }
}

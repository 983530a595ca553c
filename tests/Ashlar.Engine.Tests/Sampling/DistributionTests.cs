using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

/// <summary>What is drawn, counted and held against probabilities that whole lists in float64 and sorts give.</summary>
public class DistributionTests
{
    private const int Seed = 31;
    private const int Draws = 12_000;

    private static readonly int[] Prompt = [1, 2, 2, 7];
    private static readonly int[] Generated = [3, 2, 3, 9];

    private static readonly Dictionary<int, float> Biases = new() { [4] = 1.5f, [5] = -100, [7] = -0.5f };

    private static Dictionary<string, SamplingOptions> Options { get; } = new()
    {
        ["temperature 1"] = new(),
        ["temperature 0.6"] = new() { Temperature = 0.6f },
        ["temperature 2"] = new() { Temperature = 2 },
        ["top-k"] = new() { TopK = 7 },
        ["top-p"] = new() { TopP = 0.8f },
        ["min-p"] = new() { MinP = 0.1f },
        ["typical-p"] = new() { TypicalP = 0.7f },
        ["bias"] = new() { LogitBias = Biases },
        ["repetition"] = new() { RepetitionPenalty = 1.7f },
        ["frequency"] = new() { FrequencyPenalty = 0.8f },
        ["presence"] = new() { PresencePenalty = 1.2f },
        ["all penalties"] = new() { RepetitionPenalty = 1.3f, FrequencyPenalty = 0.4f, PresencePenalty = -0.3f },
        ["top-k, top-p"] = new() { TopK = 12, TopP = 0.9f, Temperature = 0.8f },
        ["top-k, min-p"] = new() { TopK = 20, MinP = 0.2f },
        ["top-p, min-p"] = new() { TopP = 0.85f, MinP = 0.02f, Temperature = 1.4f },
        ["typical-p, top-p"] = new() { TypicalP = 0.8f, TopP = 0.7f },
        ["everything"] = new()
        {
            Temperature = 0.9f,
            TopK = 25,
            MinP = 0.01f,
            TypicalP = 0.95f,
            TopP = 0.9f,
            RepetitionPenalty = 1.2f,
            FrequencyPenalty = 0.3f,
            PresencePenalty = 0.2f,
            LogitBias = Biases,
        },
    };

    public static TheoryData<string> Names { get; } = [.. Options.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Draws_have_the_probabilities_that_the_options_say(string name)
    {
        var options = Options[name];
        var logits = Logits();
        var counts = Count(options, logits);
        var (statistic, border) = ChiSquare(counts, Exact(options, logits));
        Assert.True(statistic < border, $"{name}, seed {Seed}: chi-square {statistic}, at most {border}");
    }

    [Theory]
    [InlineData("temperature 1")]
    [InlineData("top-k")]
    [InlineData("all penalties")]
    [InlineData("everything")]
    public void Draws_of_another_temperature_are_told_apart(string name)
    {
        var options = Options[name];
        var logits = Logits();
        var counts = Count(options with { Temperature = options.Temperature * 1.6f }, logits);
        var (statistic, border) = ChiSquare(counts, Exact(options, logits));
        Assert.True(statistic > border, $"{name}, seed {Seed}: chi-square {statistic}, more than {border}");
    }

    private static float[] Logits()
    {
        var random = new Random(Seed);
        var logits = Enumerable.Range(0, 60).Select(_ => random.NextSingle() * 5 - 3).ToArray();
        logits[11] = logits[12] = float.NegativeInfinity;
        return logits;
    }

    // Each draw is a sampler's own, with the history of the others.
    private static int[] Count(SamplingOptions options, float[] logits)
    {
        var candidates = new Candidates(logits.Length);
        var counts = new int[logits.Length];
        var own = new float[logits.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            var sampler = new Sampler(options with { Seed = draw }, logits.Length, Prompt, 0);
            foreach (var token in Generated)
            {
                Array.Fill(own, float.NegativeInfinity);
                own[token] = 0;
                Assert.Equal(token, sampler.Sample(own, candidates));
            }

            logits.CopyTo(own, 0);
            counts[sampler.Sample(own, candidates)]++;
        }

        return counts;
    }

    private static double[] Exact(SamplingOptions options, float[] logits)
    {
        var changed = logits.Select((logit, token) =>
        {
            double number = logit + (options.LogitBias?.GetValueOrDefault(token) ?? 0);
            var times = Generated.Count(t => t == token);
            if (times > 0 || Prompt.Contains(token))
            {
                number = number > 0 ? number / options.RepetitionPenalty : number * options.RepetitionPenalty;
            }

            return number - options.FrequencyPenalty * times - (times > 0 ? options.PresencePenalty : 0);
        }).ToArray();

        IEnumerable<int> kept = Enumerable.Range(0, logits.Length).OrderByDescending(token => changed[token]).ThenBy(token => token);
        if (options.TopK > 0) kept = kept.Take(options.TopK);
        var weights = new double[logits.Length];
        foreach (var token in kept) weights[token] = Math.Exp((changed[token] - changed.Max()) / options.Temperature);
        if (options.MinP > 0) Keep(weights.Index().Where(w => w.Item >= options.MinP * weights.Max()).Select(w => w.Index));
        if (options.TypicalP < 1)
        {
            var total = weights.Sum();
            var entropy = -weights.Sum(w => w > 0 ? w / total * Math.Log(w / total) : 0);
            Keep(Reach(weights.Index().Where(w => w.Item > 0)
                .OrderBy(w => Math.Abs(-Math.Log(w.Item / total) - entropy)).Select(w => w.Index), options.TypicalP * total));
        }

        if (options.TopP < 1)
        {
            Keep(Reach(weights.Index().OrderByDescending(w => w.Item).Select(w => w.Index), options.TopP * weights.Sum()));
        }

        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];

        void Keep(IEnumerable<int> tokens)
        {
            var left = tokens.ToHashSet();
            for (var token = 0; token < weights.Length; token++) weights[token] = left.Contains(token) ? weights[token] : 0;
        }

        IEnumerable<int> Reach(IEnumerable<int> ranked, double wanted)
        {
            var sum = 0.0;
            foreach (var token in ranked)
            {
                yield return token;
                if ((sum += weights[token]) >= wanted) yield break;
            }
        }
    }

    // Tokens that are drawn less than five times go together. One of ten thousand fair samples is beyond the border, by Wilson and
    // Hilferty's approximation.
    private static (double Statistic, double Border) ChiSquare(int[] counts, double[] probabilities)
    {
        var (statistic, cells, rareExpected, rareCount) = (0.0, 0, 0.0, 0);
        foreach (var (token, probability) in probabilities.Index())
        {
            var expected = probability * Draws;
            if (expected == 0 && counts[token] > 0) return (double.PositiveInfinity, 0); // it cannot be drawn
            if (expected < 5)
            {
                rareExpected += expected;
                rareCount += counts[token];
                continue;
            }

            statistic += (counts[token] - expected) * (counts[token] - expected) / expected;
            cells++;
        }

        if (rareExpected > 5)
        {
            statistic += (rareCount - rareExpected) * (rareCount - rareExpected) / rareExpected;
            cells++;
        }

        double freedom = cells - 1;
        var root = 1 - 2 / (9 * freedom) + 3.719 * Math.Sqrt(2 / (9 * freedom));
        return (statistic, freedom * root * root * root);
    }
}

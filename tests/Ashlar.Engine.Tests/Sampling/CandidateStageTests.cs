using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

/// <summary>Every filter against the sentence that defines it, written with sorts over whole lists.</summary>
public class CandidateStageTests
{
    private const int Seed = 20261121;

    private sealed record Candidate(int Token, double Logit, float Weight, float LogWeight, double Probability);

    [Fact]
    public void Top_k_keeps_the_k_likeliest_and_of_equals_the_lowest_ids() => Compare(
        random => random.Next(1, 60),
        k => new TopK(k),
        (all, k) => all.OrderByDescending(c => c.Logit).ThenBy(c => c.Token).Take(k));

    [Fact]
    public void Min_p_keeps_what_is_a_fraction_as_likely_as_the_likeliest() => Compare(
        random => random.NextSingle(),
        p => new MinP(p),
        (all, p) => all.Where(c => c.Weight >= p));

    [Fact]
    public void Top_p_keeps_the_shortest_run_of_the_likeliest_that_reaches_p() => Compare(
        random => 1 - random.NextSingle(),
        p => new TopP(p),
        (all, p) => Reach(all.OrderByDescending(c => c.Weight).ThenBy(c => c.Token), p));

    [Fact]
    public void Typical_p_keeps_the_nearest_to_the_entropy() => Compare(
        random => 1 - random.NextSingle(),
        p => new TypicalP(p),
        (all, p) =>
        {
            var mean = (float)(all.Sum(c => c.Weight * (double)c.LogWeight) / all.Sum(c => (double)c.Weight));
            var entropy = all.Sum(c => c.Weight > 0 ? -c.Probability * Math.Log(c.Probability) : 0);
            var logOfTotal = Math.Log(all.Sum(c => (double)c.Weight));
            Assert.Equal(entropy, logOfTotal - mean, 1e-4);
            return Reach(all.OrderBy(c => c.Weight > 0 ? MathF.Abs(c.LogWeight - mean) : 1e9f).ThenBy(c => c.Token), p);
        });

    [Theory]
    [InlineData(1, false)]
    [InlineData(50, false)]
    [InlineData(512, false)]
    [InlineData(3000, false)]
    [InlineData(50, true)]
    [InlineData(3000, true)]
    public void Top_k_of_many_is_the_k_first_of_all_in_order(int k, bool areFew)
    {
        var random = new Random(Seed);
        var logits = new float[40_003];
        foreach (ref var logit in logits.AsSpan()) logit = areFew ? random.Next(5) : random.NextSingle() * 20 - 10;
        if (areFew) logits[17] = -0f;
        var candidates = new Candidates(logits.Length);
        candidates.Load(logits, logits.Max());
        new TopK(k).Apply(candidates);
        var expected = logits.Index().OrderByDescending(l => l.Item).ThenBy(l => l.Index).Take(k).Select(l => l.Index).Order();
        Assert.Equal(expected, TokensOf(candidates));
    }

    [Theory]
    [InlineData(0.95f, false)]
    [InlineData(0.3f, false)]
    [InlineData(0.9999f, false)]
    [InlineData(0.5f, true)]
    public void Top_p_of_many_is_the_shortest_run_of_all_in_order(float p, bool areFew)
    {
        var random = new Random(Seed);
        var logits = new float[40_003];
        foreach (ref var logit in logits.AsSpan()) logit = areFew ? random.Next(5) : random.NextSingle() * 20 - 10;
        var candidates = new Candidates(logits.Length);
        candidates.Load(logits, logits.Max());
        new Temperature(1).Apply(candidates);
        var weights = candidates.Weights.ToArray();
        var total = weights.Sum(w => (double)w);
        var ranked = weights.Index().OrderByDescending(w => w.Item).ThenBy(w => w.Index).ToArray();
        new TopP(p).Apply(candidates);
        var kept = TokensOf(candidates).ToHashSet();
        Assert.All(ranked, (w, i) => Assert.Equal(i < kept.Count, kept.Contains(w.Index)));
        var reached = ranked.Take(kept.Count).Sum(w => (double)w.Item);
        Assert.True(reached > p * total - 1e-9 * total, $"{reached} of {total}");
        Assert.True(reached - ranked[kept.Count - 1].Item < p * total + 1e-9 * total, $"{reached} of {total}");
    }

    [Theory]
    [InlineData(float.Epsilon)]
    [InlineData(1e-30f)]
    [InlineData(1e-6f)]
    public void The_smallest_share_keeps_one_of_many_equals(float p)
    {
        var candidates = new Candidates(50_000);
        candidates.Load(new float[50_000], 0);
        new Temperature(0.7f).Apply(candidates);
        new TopP(p).Apply(candidates);
        Assert.Equal([0], TokensOf(candidates));
    }

    [Fact]
    public void Weights_are_the_softmax_but_for_a_factor()
    {
        var random = new Random(Seed);
        foreach (var temperature in new[] { 1e-40f, 1e-3f, 0.5f, 1, 2 })
        {
            var logits = RandomLogits.Make(random, 301);
            var candidates = new Candidates(logits.Length);
            candidates.Load(logits, logits.Max());
            new Temperature(temperature).Apply(candidates);
            var largest = logits.Max();
            foreach (var (index, token) in TokensOf(candidates).Index())
            {
                var expected = Math.Exp(((double)logits[token] - largest) / temperature);
                Assert.Equal(expected, candidates.Weights[index], 1e-5 * expected + 1e-37);
            }
        }
    }

    private static void Compare<T>(
        Func<Random, T> draw, Func<T, ICandidateStage> make, Func<List<Candidate>, T, IEnumerable<Candidate>> oracle)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 300; round++)
        {
            var logits = RandomLogits.Make(random, random.Next(1, 200));
            var candidates = new Candidates(logits.Length);
            candidates.Load(logits, logits.Max());
            var temperature = 0.5f + random.NextSingle();
            new Temperature(temperature).Apply(candidates);

            var weights = candidates.Weights.ToArray();
            var total = weights.Sum(w => (double)w);
            var all = TokensOf(candidates)
                .Select((token, i) => new Candidate(
                    token, logits[token], weights[i], (logits[token] - logits.Max()) * (1 / temperature), weights[i] / total))
                .ToList();
            var parameter = draw(random);
            make(parameter).Apply(candidates);

            var expected = oracle(all, parameter).Select(c => c.Token).Order().ToArray();
            var kept = TokensOf(candidates);
            Assert.True(
                expected.AsSpan().SequenceEqual(kept), $"seed {Seed}, round {round}, parameter {parameter}: " +
                $"expected {string.Join(' ', expected)}, kept {string.Join(' ', kept)}");
        }
    }

    private static int[] TokensOf(Candidates candidates) => [.. Enumerable.Range(0, candidates.Count).Select(candidates.TokenAt)];

    private static IEnumerable<Candidate> Reach(IEnumerable<Candidate> ranked, float share)
    {
        var sum = 0.0;
        foreach (var candidate in ranked)
        {
            yield return candidate;
            if ((sum += candidate.Probability) >= share) break;
        }
    }
}

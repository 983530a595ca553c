using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

/// <summary>Every filter against the sentence that defines it, written with sorts over whole lists.</summary>
public class CandidateStageTests
{
    private const int Seed = 20261121;

    private sealed record Candidate(int Token, double Logit, double Probability);

    [Fact]
    public void Top_k_keeps_the_k_likeliest_and_of_equals_the_lowest_ids() => Compare(
        random => random.Next(1, 60),
        k => new TopK(k),
        (all, k) => all.OrderByDescending(c => c.Logit).ThenBy(c => c.Token).Take(k));

    [Fact]
    public void Min_p_keeps_what_is_a_fraction_as_likely_as_the_likeliest() => Compare(
        random => random.NextSingle(),
        p => new MinP(p),
        (all, p) => all.Where(c => c.Probability >= p * all.Max(d => d.Probability)));

    [Fact]
    public void Top_p_keeps_the_shortest_run_of_the_likeliest_that_reaches_p() => Compare(
        random => 1 - random.NextSingle(),
        p => new TopP(p),
        (all, p) => Reach(all.OrderByDescending(c => c.Logit).ThenBy(c => c.Token), p));

    [Fact]
    public void Typical_p_keeps_the_nearest_to_the_entropy() => Compare(
        random => 1 - random.NextSingle(),
        p => new TypicalP(p),
        (all, p) =>
        {
            var entropy = all.Sum(c => c.Probability > 0 ? -c.Probability * Math.Log(c.Probability) : 0);
            return Reach(all.OrderBy(c => (float)Math.Abs(-Math.Log(c.Probability) - entropy)).ThenBy(c => c.Token), p);
        });

    [Theory]
    [InlineData(float.Epsilon)]
    [InlineData(1e-30f)]
    [InlineData(1e-6f)]
    public void The_smallest_share_keeps_one_of_many_equals(float p)
    {
        var candidates = new Candidates(50_000);
        candidates.Load(new float[50_000]);
        new Temperature(0.7f).Apply(candidates);
        new TopP(p).Apply(candidates);
        Assert.Equal([0], candidates.Tokens.ToArray());
    }

    [Fact]
    public void Weights_are_the_softmax_but_for_a_factor()
    {
        var random = new Random(Seed);
        foreach (var temperature in new[] { 1e-40f, 1e-3f, 0.5f, 1, 2 })
        {
            var logits = RandomLogits.Make(random, 301);
            var candidates = new Candidates(logits.Length);
            candidates.Load(logits);
            new Temperature(temperature).Apply(candidates);
            var largest = logits.Max();
            foreach (var (index, token) in candidates.Tokens.ToArray().Index())
            {
                var expected = Math.Exp(((double)logits[token] - largest) / temperature);
                Assert.Equal(expected, candidates.Weights[index], 1e-12);
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
            candidates.Load(logits);
            new Temperature(0.5f + random.NextSingle()).Apply(candidates);

            var total = candidates.Weights.ToArray().Sum();
            var all = candidates.Tokens.ToArray()
                .Select((token, i) => new Candidate(token, logits[token], candidates.Weights[i] / total)).ToList();
            var parameter = draw(random);
            make(parameter).Apply(candidates);

            var expected = oracle(all, parameter).Select(c => c.Token).Order().ToArray();
            Assert.True(
                expected.AsSpan().SequenceEqual(candidates.Tokens), $"seed {Seed}, round {round}, parameter {parameter}: " +
                $"expected {string.Join(' ', expected)}, kept {string.Join(' ', candidates.Tokens.ToArray())}");
        }
    }

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

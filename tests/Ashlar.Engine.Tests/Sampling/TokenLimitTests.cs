using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

public class TokenLimitTests(ITestOutputHelper output)
{
    [Fact]
    public void Only_allowed_tokens_keep_their_logits()
    {
        float[] logits = [0.5f, 1, -2, 4, 3];
        var stage = new AllowedTokens([4, 1, 4]);
        stage.Apply(logits);
        Assert.Equal([float.NegativeInfinity, 1, float.NegativeInfinity, float.NegativeInfinity, 3], logits);
    }

    [Fact]
    public void The_end_of_a_sequence_is_forbidden_where_its_beginning_came_just_before()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            const int Vocabulary = 4;
            int[][] sequences = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
                Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(Vocabulary)).ToArray())];
            var stage = new ForbiddenSequences(sequences);
            var history = new List<int>();
            for (var step = 0; step < 30; step++)
            {
                var logits = new float[Vocabulary];
                stage.Apply(logits);
                for (var token = 0; token < Vocabulary; token++)
                {
                    var isForbidden = sequences.Any(sequence =>
                        sequence[^1] == token && history.TakeLast(sequence.Length - 1).SequenceEqual(sequence[..^1]));
                    Assert.Equal(isForbidden, float.IsNegativeInfinity(logits[token]));
                }

                history.Add(random.Next(Vocabulary));
                stage.Append(history[^1]);
            }
        }
    }
}

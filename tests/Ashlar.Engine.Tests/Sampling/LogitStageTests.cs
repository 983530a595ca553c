using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

public class LogitStageTests
{
    private const int Seed = 7;

    [Fact]
    public void Each_changes_logits_as_its_definition_says()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 100; round++)
        {
            var vocabulary = random.Next(2, 100);
            var logits = RandomLogits.Make(random, vocabulary);
            var prompt = Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocabulary)).ToArray();
            var output = Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocabulary)).ToArray();
            var history = new TokenHistory(vocabulary, prompt);
            foreach (var token in output) history.Append(token);
            var penalty = (random.NextSingle() * 4) - 2;
            var repetition = 0.5f + random.NextSingle();
            var biases = Enumerable.Range(0, vocabulary).Where(_ => random.Next(5) == 0)
                .ToDictionary(t => t, _ => random.NextSingle());

            Compare(new LogitBias(biases), (token, logit) => logit + biases.GetValueOrDefault(token));
            Compare(new FrequencyPenalty(penalty, history), (token, logit) => logit - (penalty * output.Count(t => t == token)));
            Compare(new PresencePenalty(penalty, history), (token, logit) => logit - (output.Contains(token) ? penalty : 0));
            Compare(new RepetitionPenalty(repetition, history), (token, logit) =>
                !output.Contains(token) && !prompt.Contains(token) ? logit : logit > 0 ? logit / repetition : logit * repetition);

            void Compare(ILogitStage stage, Func<int, float, float> oracle)
            {
                var changed = logits.ToArray();
                stage.Apply(changed);
                Assert.Equal(logits.Select((logit, token) => oracle(token, logit)), changed);
            }
        }
    }
}

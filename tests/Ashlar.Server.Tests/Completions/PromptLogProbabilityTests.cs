using System.Globalization;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Completions;

public class PromptLogProbabilityTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    [Fact]
    public async Task Completions_tell_of_each_prompts_tokens_how_likely_they_were()
    {
        const string Body = """{"prompt": ["Once upon a time", "The dog"], "temperature": 0, "max_tokens": 2""";
        var echoed = await stories.Client.AskAsync("/v1/completions", Body + """, "echo": true, "logprobs": 0, "prompt_logprobs": 3}""");
        foreach (var (index, prompt) in (IEnumerable<(int, string)>)[(0, "Once upon a time"), (1, "The dog")])
        {
            var choice = echoed["choices"]![index]!;
            var ids = stories.Engine.Model.Tokenizer!.Encode(prompt, addSpecial: true);
            Check(choice["prompt_logprobs"]!.AsArray(), ids, 3);

            // They are those of an echo, beside which fewer may be told.
            var echo = choice["logprobs"]!;
            for (var i = 1; i < ids.Length; i++)
            {
                var told = choice["prompt_logprobs"]![i]![Id(ids[i])]!;
                Assert.Equal(echo["token_logprobs"]![i]!.GetValue<float>(), told["logprob"]!.GetValue<float>());
                Assert.Single(echo["top_logprobs"]![i]!.AsObject());
            }
        }

        var alone = await stories.Client.AskAsync("/v1/completions", Body + """, "prompt_logprobs": 0}""");
        Assert.All(alone["choices"]![0]!["prompt_logprobs"]!.AsArray().Skip(1), static token => Assert.Single(token!.AsObject()));
        Assert.Null((await stories.Client.AskAsync("/v1/completions", Body + "}"))["choices"]![0]!["prompt_logprobs"]);
    }

    [Fact]
    public async Task Chat_tells_them_once_whatever_the_number_of_choices()
    {
        var answer = await stories.Client.AskAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once upon"}], "n": 2, "max_tokens": 2, "prompt_logprobs": 1}""");
        var ids = stories.Engine.Model.Tokenizer!.Encode("<s>Once upon", parseSpecial: true);
        Check(answer["prompt_logprobs"]!.AsArray(), ids, 1);
    }

    private static void Check(JsonArray told, int[] ids, int most)
    {
        Assert.Equal(ids.Length, told.Count);
        Assert.Null(told[0]);
        for (var i = 1; i < ids.Length; i++)
        {
            var tokens = told[i]!.AsObject();
            Assert.InRange(tokens.Count, most, most + 1);
            Assert.NotNull(tokens[Id(ids[i])]);
            var ranks = tokens.Select(static token => token.Value!["rank"]!.GetValue<int>()).ToList();
            Assert.Subset(ranks.ToHashSet(), Enumerable.Range(1, most).ToHashSet());
            var byRank = tokens.OrderBy(static token => token.Value!["rank"]!.GetValue<int>());
            var values = byRank.Select(static token => token.Value!["logprob"]!.GetValue<float>()).ToList();
            Assert.Equal(values.OrderDescending(), values);
        }
    }

    private static string Id(int token) => token.ToString(CultureInfo.InvariantCulture);
}

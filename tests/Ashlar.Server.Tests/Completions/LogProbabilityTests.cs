using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Completions;

public class LogProbabilityTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Chat = "/v1/chat/completions", Text = "/v1/completions";

    [Fact]
    public async Task Chat_tells_of_each_token_how_likely_it_was_streamed_or_not()
    {
        const string Body = """{"messages": [{"role": "user", "content": "Once upon"}], "temperature": 0, "max_tokens": 6, "logprobs": true, "top_logprobs": 3""";
        var choice = (await stories.Client.AskAsync(Chat, Body + "}"))["choices"]![0]!;
        var tokens = choice["logprobs"]!["content"]!.AsArray();
        Assert.Equal(6, tokens.Count);
        Assert.Equal(choice.Text("message", "content"), string.Concat(tokens.Select(static token => token.Text("token"))));
        foreach (var token in tokens)
        {
            var likeliest = token!["top_logprobs"]!.AsArray();
            Assert.Equal(3, likeliest.Count);
            Assert.Equal(token.Text("token"), likeliest[0].Text("token")); // greedy
            Assert.InRange(token["logprob"]!.GetValue<float>(), -20, 0);
            Assert.Equal(token.Text("token"), System.Text.Encoding.UTF8.GetString(
                [.. token["bytes"]!.AsArray().Select(static unit => unit!.GetValue<byte>())]));
        }

        var (_, events) = await stories.Client.SendAsync(Chat, Body + """, "stream": true}""");
        var streamed = Requests.Events(events).SelectMany(static chunk => chunk["choices"]![0]!["logprobs"]!["content"]!.AsArray());
        Assert.Equal(tokens.Select(static token => token!.ToJsonString()), streamed.Select(static token => token!.ToJsonString()));
    }

    [Fact]
    public async Task Completions_tell_them_in_parallel_arrays_with_the_prompts_where_it_is_echoed()
    {
        const string Body = """{"prompt": "Once upon a", "temperature": 0, "max_tokens": 4, "logprobs": 2""";
        var plain = (await stories.Client.AskAsync(Text, Body + "}"))["choices"]![0]!["logprobs"]!;
        Assert.Equal(4, plain["tokens"]!.AsArray().Count);
        Assert.All(plain["top_logprobs"]!.AsArray(), static likely => Assert.InRange(likely!.AsObject().Count, 2, 3));

        var echoed = (await stories.Client.AskAsync(Text, Body + """, "echo": true}"""))["choices"]![0]!["logprobs"]!;
        var prompt = stories.Engine.Model.Tokenizer!.Encode("Once upon a", addSpecial: true).Length;
        Assert.Equal(prompt + 4, echoed["token_logprobs"]!.AsArray().Count);
        Assert.Null(echoed["token_logprobs"]![0]);
        Assert.All(echoed["token_logprobs"]!.AsArray().Skip(1), static value => Assert.InRange(value!.GetValue<float>(), -30, 0));
        Assert.Equal(
            plain["token_logprobs"]!.AsArray().Select(static value => value!.GetValue<float>()),
            echoed["token_logprobs"]!.AsArray().Skip(prompt).Select(static value => value!.GetValue<float>()));
        var (tokens, offsets) = (echoed["tokens"]!.AsArray(), echoed["text_offset"]!.AsArray());
        for (var i = 1; i < tokens.Count; i++)
        {
            Assert.Equal(offsets[i - 1]!.GetValue<int>() + tokens[i - 1]!.GetValue<string>().Length, offsets[i]!.GetValue<int>());
        }

        var (_, events) = await stories.Client.SendAsync(Text, Body + """, "echo": true, "stream": true}""");
        var streamed = Requests.Events(events).Select(static chunk => chunk["choices"]![0]!["logprobs"]!).ToList();
        foreach (var field in (string[])["tokens", "token_logprobs", "text_offset"])
        {
            Assert.Equal(
                echoed[field]!.AsArray().Select(static value => value?.ToJsonString()),
                streamed.SelectMany(part => part[field]!.AsArray()).Select(static value => value?.ToJsonString()));
        }
    }

    [Fact]
    public async Task The_best_of_several_are_the_likeliest()
    {
        const string Body = """{"prompt": "Once upon", "temperature": 1.5, "max_tokens": 8, "seed": 3, "logprobs": 0""";
        var all = (await stories.Client.AskAsync(Text, Body + """, "n": 6}"""))["choices"]!.AsArray();
        var best = (await stories.Client.AskAsync(Text, Body + """, "n": 2, "best_of": 6}"""))["choices"]!.AsArray();
        Assert.Equal(
            all.OrderByDescending(Mean).Take(2).Select(static choice => choice.Text("text")), best.Select(static choice => choice.Text("text")));
        Assert.Equal([0, 1], best.Select(static choice => choice!["index"]!.GetValue<int>()));

        static double Mean(JsonNode? choice) => choice!["logprobs"]!["token_logprobs"]!.AsArray().Average(static value => value!.GetValue<double>());
    }
}

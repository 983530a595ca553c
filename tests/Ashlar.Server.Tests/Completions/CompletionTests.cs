namespace Ashlar.Server.Tests.Completions;

public class CompletionTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Path = "/v1/completions";

    [Fact]
    public async Task Greedy_completion_of_nothing_is_the_published_story()
    {
        var answer = await stories.Client.AskAsync(
            Path, """{"model": "stories260K", "prompt": "", "max_tokens": 200, "temperature": 0}""");
        Assert.Equal(StoriesServer.Expected.TrimEnd('\n'), answer["choices"]![0]!["text"]!.GetValue<string>().TrimEnd('\n'));
    }

    [Fact]
    public async Task An_answer_has_the_fields_of_OpenAIs()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        const string Body = """{"model": "stories260K", "prompt": "Once upon", "max_tokens": 5, "temperature": 0}""";
        var answer = (await stories.Client.AskAsync(Path, Body)).AsObject();
        Assert.Equal(["id", "object", "created", "model", "choices", "usage"], answer.Select(static field => field.Key));
        Assert.StartsWith("cmpl-", answer["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("text_completion", answer["object"]!.GetValue<string>());
        Assert.InRange(answer["created"]!.GetValue<long>(), before, before + 60);
        Assert.Equal("stories260K", answer["model"]!.GetValue<string>());

        var choice = Assert.Single(answer["choices"]!.AsArray())!.AsObject();
        Assert.Equal(["index", "text", "logprobs", "finish_reason"], choice.Select(static field => field.Key));
        Assert.Equal(0, choice["index"]!.GetValue<int>());
        Assert.StartsWith(" a time", choice["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(choice["logprobs"]);
        Assert.Equal("length", choice["finish_reason"]!.GetValue<string>());

        var usage = answer["usage"]!;
        var promptTokens = stories.Engine.Model.Tokenizer!.Encode("Once upon", addSpecial: true).Length;
        Assert.Equal(promptTokens, usage["prompt_tokens"]!.GetValue<int>());
        Assert.Equal(5, usage["completion_tokens"]!.GetValue<int>());
        Assert.Equal(promptTokens + 5, usage["total_tokens"]!.GetValue<int>());
        Assert.InRange(usage["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>(), 0, promptTokens - 1);
    }

    [Fact]
    public async Task The_same_seed_gives_the_engines_text_streamed_or_not()
    {
        foreach (var seed in (long[])[0, -7, 20261121, long.MaxValue])
        {
            var request = $$"""
                {"prompt": "Lily saw a", "max_tokens": 40, "temperature": 0.9, "top_p": 0.95, "top_k": 50, "min_p": 0.01,
                 "typical_p": 0.98, "repetition_penalty": 1.1, "frequency_penalty": 0.2, "presence_penalty": 0.1,
                 "logit_bias": {"300": -2.5}, "seed": {{seed}}
                """;
            var whole = await stories.Client.AskAsync(Path, request + "}");
            var (_, events) = await stories.Client.SendAsync(Path, request + """, "stream": true}""");
            var direct = await stories.Engine.GenerateAsync(
                new()
                {
                    PromptTokens = stories.Engine.Model.Tokenizer!.Encode("Lily saw a", addSpecial: true),
                    MaxTokens = 40,
                    Sampling = new()
                    {
                        Temperature = 0.9f,
                        TopP = 0.95f,
                        TopK = 50,
                        MinP = 0.01f,
                        TypicalP = 0.98f,
                        RepetitionPenalty = 1.1f,
                        FrequencyPenalty = 0.2f,
                        PresencePenalty = 0.1f,
                        LogitBias = new Dictionary<int, float> { [300] = -2.5f },
                        Seed = seed,
                    },
                },
                TestContext.Current.CancellationToken)
                .Select(static update => update.Text).ToListAsync(TestContext.Current.CancellationToken);

            var text = string.Concat(direct);
            Assert.Equal(text, whole["choices"]![0]!["text"]!.GetValue<string>());
            Assert.Equal(text, Requests.TextOf(events));
        }
    }

    [Fact]
    public async Task A_prompt_may_be_a_text_or_its_tokens_alone_or_in_an_array()
    {
        var ids = $"[{string.Join(',', stories.Engine.Model.Tokenizer!.Encode("Once upon", addSpecial: true))}]";
        var texts = new List<string>();
        foreach (var prompt in (string[])["\"Once upon\"", "[\"Once upon\"]", ids, $"[{ids}]"])
        {
            var answer = await stories.Client.AskAsync(Path, $$"""{"prompt": {{prompt}}, "temperature": 0}""");
            texts.Add(Assert.Single(answer["choices"]!.AsArray())!["text"]!.GetValue<string>());
            Assert.Equal(16, answer["usage"]!["completion_tokens"]!.GetValue<int>());
        }

        Assert.Single(texts.Distinct());
    }

    [Fact]
    public async Task Several_prompts_get_a_choice_each_in_their_order_streamed_or_not()
    {
        const string Body = """{"prompt": ["Once upon", "The dog", [1, 403]], "temperature": 0, "max_tokens": 6""";
        var answer = await stories.Client.AskAsync(Path, Body + "}");
        var choices = answer["choices"]!.AsArray();
        Assert.Equal([0, 1, 2], choices.Select(static choice => choice!["index"]!.GetValue<int>()));
        Assert.Equal(18, answer["usage"]!["completion_tokens"]!.GetValue<int>());

        var alone = await stories.Client.AskAsync(Path, """{"prompt": "The dog", "temperature": 0, "max_tokens": 6}""");
        Assert.Equal(alone["choices"]![0]!["text"]!.GetValue<string>(), choices[1]!["text"]!.GetValue<string>());

        var (_, events) = await stories.Client.SendAsync(Path, Body + """, "stream": true}""");
        var streamed = new string[3];
        foreach (var chunk in Requests.Events(events))
        {
            var choice = chunk["choices"]![0]!;
            streamed[choice["index"]!.GetValue<int>()] += choice["text"]!.GetValue<string>();
        }

        Assert.Equal(choices.Select(static choice => choice!["text"]!.GetValue<string>()), streamed);
    }

    [Fact]
    public async Task Several_choices_of_a_prompt_draw_each_by_its_own_seed_streamed_or_not()
    {
        const string Body = """{"prompt": ["Once upon", "The dog"], "n": 3, "seed": 7, "temperature": 1.5, "max_tokens": 8""";
        var answer = await stories.Client.AskAsync(Path, Body + "}");
        var texts = answer["choices"]!.AsArray().Select(static choice => choice!["text"]!.GetValue<string>()).ToArray();
        Assert.Equal(6, texts.Length);
        Assert.Equal(3, texts[..3].Distinct().Count());
        Assert.Equal(48, answer["usage"]!["completion_tokens"]!.GetValue<int>());

        var third = await stories.Client.AskAsync(Path, """{"prompt": "The dog", "seed": 9, "temperature": 1.5, "max_tokens": 8}""");
        Assert.Equal(third["choices"]![0]!["text"]!.GetValue<string>(), texts[5]);

        var (_, events) = await stories.Client.SendAsync(Path, Body + """, "stream": true}""");
        var streamed = new string[6];
        foreach (var chunk in Requests.Events(events))
        {
            var choice = chunk["choices"]![0]!;
            streamed[choice["index"]!.GetValue<int>()] += choice["text"]!.GetValue<string>();
        }

        Assert.Equal(texts, streamed);
    }

    [Fact]
    public async Task Echo_puts_the_prompt_before_the_text()
    {
        var answer = await stories.Client.AskAsync(
            Path, """{"prompt": "Once upon", "temperature": 0, "max_tokens": 3, "echo": true}""");
        Assert.StartsWith("Once upon a time", answer["choices"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        answer = await stories.Client.AskAsync(Path, """{"prompt": "Once upon", "max_tokens": 0, "echo": true}""");
        Assert.Equal("Once upon", answer["choices"]![0]!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\"girl\"")]
    [InlineData("[\"xyz\", \"girl\"]")]
    public async Task A_stop_text_ends_the_text_and_is_no_part_of_it(string stop)
    {
        var body = $$"""{"prompt": "", "temperature": 0, "max_tokens": 100, "stop": {{stop}}}""";
        var choice = (await stories.Client.AskAsync(Path, body))["choices"]![0]!;
        Assert.Equal("stop", choice["finish_reason"]!.GetValue<string>());
        Assert.Equal("Once upon a time, there was a little ", choice["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_stop_token_ends_the_text_unless_too_few_tokens_came_before()
    {
        var time = stories.Engine.Model.Tokenizer!.Encode("Once upon a time", addSpecial: false)[^1];
        var stopped = await stories.Client.AskAsync(
            Path, $$"""{"prompt": "", "temperature": 0, "max_tokens": 50, "stop_token_ids": [{{time}}]}""");
        Assert.Equal("stop", stopped["choices"]![0]!["finish_reason"]!.GetValue<string>());
        var count = stopped["usage"]!["completion_tokens"]!.GetValue<int>();
        var later = await stories.Client.AskAsync(
            Path,
            $$"""{"prompt": "", "temperature": 0, "max_tokens": 50, "stop_token_ids": [{{time}}], "min_tokens": {{count + 5}}}""");
        Assert.InRange(later["usage"]!["completion_tokens"]!.GetValue<int>(), count + 5, 50);
    }

    [Fact]
    public async Task The_context_bounds_an_answer_that_nothing_else_bounds()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 20 });
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        var answer = await client.AskAsync(Path, """{"prompt": "Once upon", "max_tokens": 20, "ignore_eos": true}""");
        Assert.Equal("length", answer["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(20, answer["usage"]!["total_tokens"]!.GetValue<int>());
    }
}

using Ashlar.Testing;
using Ashlar.Engine;
using Microsoft.Extensions.AI;

namespace Ashlar.Server.Tests.Chat;

public class ChatTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task An_answer_has_the_fields_of_OpenAIs()
    {
        var answer = (await stories.Client.AskAsync(
            Path,
            """{"model": "stories260K", "messages": [{"role": "user", "content": "Once upon"}], "max_completion_tokens": 4, "temperature": 0}"""))
            .AsObject();
        Assert.Equal(["id", "object", "created", "model", "choices", "usage"], answer.Select(static field => field.Key));
        Assert.StartsWith("chatcmpl-", answer["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", answer["object"]!.GetValue<string>());

        var choice = Assert.Single(answer["choices"]!.AsArray())!.AsObject();
        Assert.Equal(["index", "message", "logprobs", "finish_reason"], choice.Select(static field => field.Key));
        Assert.Equal("assistant", choice["message"]!["role"]!.GetValue<string>());
        Assert.StartsWith(" a time", choice["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("length", choice["finish_reason"]!.GetValue<string>());
        Assert.Equal(4, answer["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_same_conversation_and_seed_give_the_same_text_streamed_or_not_and_as_a_completion()
    {
        const string Sampling = """ "temperature": 0.8, "seed": 11, "max_tokens": 30""";
        const string Chat = """{"messages": [{"role": "user", "content": "Tom had a"}],""" + Sampling;
        var whole = (await stories.Client.AskAsync(Path, Chat + "}"))["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        var (_, events) = await stories.Client.SendAsync(Path, Chat + """, "stream": true}""");
        var completion = await stories.Client.AskAsync("/v1/completions", """{"prompt": "Tom had a",""" + Sampling + "}");

        Assert.Equal(whole, Requests.TextOf(events));
        Assert.Equal(whole, completion["choices"]![0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_chat_client_in_the_same_process_gives_the_same_text()
    {
        using var client = new AshlarChatClient(stories.Engine, new() { Template = StoriesServer.Template });
        var direct = await client.GetResponseAsync(
            "The cat", new() { Seed = 3, Temperature = 0.9f, MaxOutputTokens = 25 }, TestContext.Current.CancellationToken);
        var served = await stories.Client.AskAsync(
            Path, """{"messages": [{"role": "user", "content": "The cat"}], "seed": 3, "temperature": 0.9, "max_tokens": 25}""");
        Assert.Equal(direct.Text, served["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""[{"role": "system", "content": "Once"}, {"role": "user", "content": " upon"}]""")]
    [InlineData(
        """[{"role": "developer", "content": "Once"}, {"role": "assistant", "content": " upon", "refusal": null, "tool_calls": []}]""")]
    [InlineData(
        """[{"role": "user", "name": "me", "content": "Once"}, {"role": "tool", "tool_call_id": "1", "content": " upon"}]""")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "Once upon"}]}]""")]
    public async Task Messages_reach_the_template(string messages)
    {
        var answer = await stories.Client.AskAsync(Path, $$"""{"messages": {{messages}}, "max_tokens": 3, "temperature": 0}""");
        Assert.StartsWith(" a time", answer["choices"]![0]!["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_for_the_template_reach_it()
    {
        var answer = await stories.Client.AskAsync(
            Path,
            """{"messages": [{"role": "user", "content": " upon"}], "chat_template_kwargs": {"prefix": "Once", "more": {"a": [1, null]}}, "max_tokens": 3, "temperature": 0}""");
        Assert.StartsWith(" a time", answer["choices"]![0]!["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_limit_the_answer_goes_on_until_the_model_ends_it_or_the_context_is_full()
    {
        var answer = await stories.Client.AskAsync(
            Path, """{"messages": [{"role": "user", "content": "Once upon"}], "temperature": 0, "ignore_eos": true}""");
        Assert.Equal(stories.Engine.ContextLength, answer["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Equal("length", answer["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Templates_and_answers_tell_the_time_by_the_servers_clock()
    {
        var clock = new FixedClock(new(2031, 5, 4, 12, 0, 0, TimeSpan.Zero));
        await using var server = await AshlarServer.StartAsync(
            [
                new(stories.Engine) { Name = "says", ChatTemplate = "{{ raise_exception('it is ' ~ strftime_now('%Y')) }}" },
                new(stories.Engine) { Name = "answers", ChatTemplate = StoriesServer.Template },
            ],
            new() { Port = 0, Clock = clock },
            TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        const string Rest = """ "messages": [{"role": "user", "content": "Once"}], "max_tokens": 1}""";
        Assert.Contains(
            "it is 2031", (await client.SendAsync(Path, """{"model": "says",""" + Rest)).Text, StringComparison.Ordinal);
        var answer = await client.AskAsync(Path, """{"model": "answers",""" + Rest);
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds(), answer["created"]!.GetValue<long>());
    }
}

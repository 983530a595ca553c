using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Completions;

/// <summary>vLLM's fields that say what is part of the text, of the prompt, and of the tokens that may be chosen.</summary>
public class OutputTextTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Text = "/v1/completions", Chat = "/v1/chat/completions";

    [Fact]
    public async Task A_stop_text_is_part_of_the_text_where_it_is_asked_for_streamed_or_not()
    {
        const string Body = """{"prompt": "", "temperature": 0, "max_tokens": 100, "stop": ["girl"], "include_stop_str_in_output": true""";
        var choice = (await stories.Client.AskAsync(Text, Body + "}"))["choices"]![0]!;
        Assert.Equal("Once upon a time, there was a little girl", choice.Text("text"));
        Assert.Equal(("stop", "girl"), (choice.Text("finish_reason"), choice.Text("stop_reason")));
        var (_, events) = await stories.Client.SendAsync(Text, Body + """, "stream": true}""");
        Assert.Equal(choice.Text("text"), Requests.TextOf(events));

        var time = stories.Engine.Model.Tokenizer!.Encode("Once upon a time")[^1];
        var stopped = await stories.Client.AskAsync(Text, $$"""
            {"prompt": "", "temperature": 0, "max_tokens": 50, "stop_token_ids": [{{time}}], "include_stop_str_in_output": true}
            """);
        Assert.Equal("Once upon a time", stopped.Text("choices", "0", "text"));

        const string Conversation = """{"messages": [{"role": "user", "content": "Once upon a"}], "temperature": 0, "stop": "girl", "max_tokens": 50""";
        var without = await stories.Client.AskAsync(Chat, Conversation + "}");
        var with = await stories.Client.AskAsync(Chat, Conversation + """, "include_stop_str_in_output": true}""");
        Assert.Equal(without.Text("choices", "0", "message", "content") + "girl", with.Text("choices", "0", "message", "content"));
    }

    [Fact]
    public async Task Special_tokens_are_part_of_the_text_where_they_are_not_skipped()
    {
        const string Body = """{"prompt": "Once", "max_tokens": 2, "ignore_eos": true, "allowed_token_ids": [2], "echo": true""";
        Assert.Equal("Once", (await stories.Client.AskAsync(Text, Body + "}")).Text("choices", "0", "text"));
        var shown = await stories.Client.AskAsync(Text, Body + """, "skip_special_tokens": false}""");
        var tokenizer = stories.Engine.Model.Tokenizer!;
        Assert.Equal(tokenizer.Decode([.. tokenizer.Encode("Once", addSpecial: true), 2, 2]), shown.Text("choices", "0", "text"));
    }

    [Fact]
    public async Task Of_a_long_prompt_the_end_is_kept_where_that_is_asked_for()
    {
        var ids = stories.Engine.Model.Tokenizer!.Encode("One day Lily went to the park", addSpecial: true);
        var whole = await stories.Client.AskAsync(
            Text, $$"""{"prompt": [{{string.Join(',', ids[^3..])}}], "temperature": 0, "max_tokens": 5}""");
        var cut = await stories.Client.AskAsync(
            Text, """{"prompt": "One day Lily went to the park", "temperature": 0, "max_tokens": 5, "truncate_prompt_tokens": 3}""");
        Assert.Equal(3, cut["usage"]!["prompt_tokens"]!.GetValue<int>());
        Assert.Equal(whole.Text("choices", "0", "text"), cut.Text("choices", "0", "text"));

        var words = string.Concat(Enumerable.Repeat("a dog ", 400));
        var most = stories.Engine.ContextLength - 7;
        var body = new JsonObject { ["prompt"] = words, ["max_tokens"] = 7, ["truncate_prompt_tokens"] = -1 };
        var longest = await stories.Client.AskAsync(Text, body.ToJsonString());
        Assert.Equal(most, longest["usage"]!["prompt_tokens"]!.GetValue<int>());
        body.Remove("prompt");
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = words });
        longest = await stories.Client.AskAsync(Chat, body.ToJsonString());
        Assert.Equal(most, longest["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Words_that_are_bad_are_not_said()
    {
        const string Body = """{"prompt": "", "temperature": 0, "max_tokens": 40""";
        Assert.Contains("little girl", (await Say(Body + "}"))!, StringComparison.Ordinal);
        var text = await Say(Body + """, "bad_words": ["girl"]}""");
        Assert.DoesNotContain("girl", text, StringComparison.Ordinal);
        Assert.StartsWith("Once upon a time, there was a little ", text, StringComparison.Ordinal);
        text = await Say(Body + """, "bad_words": ["little girl"]}""");
        Assert.DoesNotContain("little girl", text, StringComparison.Ordinal);
        Assert.StartsWith("Once upon a time, there was a little ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_tokens_that_are_allowed_are_chosen()
    {
        var tokenizer = stories.Engine.Model.Tokenizer!;
        int[] allowed = [tokenizer.Encode("a")[^1], tokenizer.Encode("b")[^1]];
        var text = await Say(
            $$"""{"prompt": "Once", "temperature": 2, "seed": 3, "max_tokens": 40, "allowed_token_ids": [{{string.Join(',', allowed)}}]}""");
        Assert.Matches("^[ ab]+$", text!);
        Assert.Contains('a', text!);
        Assert.Contains('b', text!);
    }

    private async Task<string?> Say(string body) => (await stories.Client.AskAsync(Text, body)).Text("choices", "0", "text");
}

using System.Text.Json;
using Ashlar.Engine.Dialects;
using Ashlar.Engine.Grammars;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Chat;

public class ResponseFormatTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const string Continue = "{{ bos_token }}{{ messages[-1].content }}";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """
        {"type":"object","properties":{"name":{"enum":["cat","dog"]},"old":{"type":"boolean"}},"required":["name","old"],
        "additionalProperties":false}
        """);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_JSON_of_its_schema()
    {
        using var client = new AshlarChatClient(stories.Engine, new() { Template = Continue });
        var options = new ChatOptions { Seed = 3, MaxOutputTokens = 200, ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => client.GetResponseAsync($"The {i}", options, Cancelled)));
        foreach (var answer in answers)
        {
            var json = JsonElement.Parse(answer.Text);
            Assert.Contains(json.GetProperty("name").GetString(), (string[])["cat", "dog"]);
            Assert.Contains(json.GetProperty("old").ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
            Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        }
    }

    [Fact]
    public async Task A_format_beside_tools_is_refused()
    {
        using var client = new AshlarChatClient(stories.Engine, new() { Template = Continue });
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Tools = [AIFunctionFactory.Create(() => 1, "one")] };
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("x", options, Cancelled));
        Assert.Contains("ResponseFormat and Tools at once", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_may_go_before_an_answer_in_JSON()
    {
        var dialect = ChatDialect.Of("<tool_call> <think> </think>");
        foreach (var (prompt, begin) in ((string, string)[])[("x<think>\n", "hm</think>\n\n"), ("x", "<think>hm</think>"), ("x", "")])
        {
            Assert.True(await Allows(dialect.ForJson(null, prompt), begin + """{"a":1}"""), $"after '{prompt}': {begin}");
            Assert.False(await Allows(dialect.ForJson(null, prompt), begin + "yes"), $"after '{prompt}': {begin}");
        }

        var plain = ChatDialect.Of("no marks");
        Assert.IsType<JsonObjectGrammar>(plain.ForJson(null));
        Assert.IsType<JsonSchemaGrammar>(plain.ForJson("{}"));
    }

    private async Task<bool> Allows(GrammarSource grammar, string text)
    {
        using var cache = new GrammarCache(stories.Model.Tokenizer!);
        var matcher = (await cache.GetAsync(grammar, Cancelled)).CreateMatcher();
        var tokenizer = stories.Model.Tokenizer!;
        var tokens = tokenizer.Encode(text).AsSpan();
        if (tokenizer.TokenBytes(tokens[0]).SequenceEqual(" "u8)) tokens = tokens[1..]; // put there by this tokenizer
        return tokens.ToArray().All(matcher.TryAccept);
    }
}

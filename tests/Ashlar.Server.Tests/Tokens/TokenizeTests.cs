using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Tokens;

public class TokenizeTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    [Fact]
    public async Task A_text_becomes_its_tokens_by_either_name_and_back()
    {
        var plain = stories.Engine.Model.Tokenizer!.Encode("Once upon a time");
        var special = stories.Engine.Model.Tokenizer!.Encode("Once upon a time", addSpecial: true);

        var vllm = await stories.Client.AskAsync("/tokenize", """{"model": "stories260K", "prompt": "Once upon a time", "return_token_strs": true}""");
        Assert.Equal(special, Ids(vllm));
        Assert.Equal((special.Length, stories.Engine.ContextLength), (vllm["count"]!.GetValue<int>(), vllm["max_model_len"]!.GetValue<int>()));
        Assert.Equal(special.Length, vllm["token_strs"]!.AsArray().Count);

        var llama = await stories.Client.AskAsync("/tokenize", """{"content": "Once upon a time"}""");
        Assert.Equal(plain, Ids(llama));
        var pieces = await stories.Client.AskAsync("/tokenize", """{"content": "Once upon a time", "with_pieces": true, "add_special": true}""");
        Assert.Equal(special, pieces["tokens"]!.AsArray().Select(static token => token!["id"]!.GetValue<int>()));

        var back = await stories.Client.AskAsync("/detokenize", $$"""{"tokens": [{{string.Join(',', plain)}}]}""");
        Assert.Equal("Once upon a time", back.Text("prompt")!.Trim());
        Assert.Equal(back.Text("prompt"), back.Text("content"));
    }

    [Fact]
    public async Task A_conversation_becomes_its_prompt_and_the_prompts_tokens()
    {
        const string Messages = """ "messages": [{"role": "user", "content": "Once"}, {"role": "user", "content": " upon"}]}""";
        var prompt = await stories.Client.AskAsync("/apply-template", "{" + Messages);
        Assert.EndsWith("Once upon", prompt.Text("prompt"), StringComparison.Ordinal);
        var tokens = await stories.Client.AskAsync("/tokenize", "{" + Messages);
        Assert.Equal(stories.Engine.Model.Tokenizer!.Encode("Once upon", addSpecial: true), Ids(tokens));
    }

    [Theory]
    [InlineData("/tokenize", "{}", "prompt")]
    [InlineData("/tokenize", """{"prompt": 1}""", "prompt")]
    [InlineData("/tokenize", """{"content": "x", "with_peaces": true}""", "with_peaces")]
    [InlineData("/detokenize", "{}", "tokens")]
    [InlineData("/detokenize", """{"tokens": [512]}""", "tokens[0]")]
    [InlineData("/apply-template", "{}", "messages")]
    public async Task A_wrong_request_is_told_what_is_wrong(string path, string body, string param)
    {
        var (response, text) = await stories.Client.SendAsync(path, body);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(param, JsonNode.Parse(text).Text("error", "param"));
    }

    [Fact]
    public async Task Properties_tell_context_and_template()
    {
        var text = await stories.Client.GetStringAsync(
            new Uri("/props?model=stories260K", UriKind.Relative), TestContext.Current.CancellationToken);
        var properties = JsonNode.Parse(text);
        Assert.Equal(StoriesServer.Template, properties.Text("chat_template"));
        Assert.Equal($"{stories.Engine.ContextLength}", properties.Text("default_generation_settings", "n_ctx"));
    }

    private static IEnumerable<int> Ids(JsonNode answer) => answer["tokens"]!.AsArray().Select(static id => id!.GetValue<int>());
}

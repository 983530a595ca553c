using Ashlar.Engine.Dialects;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Dialects;

public class VisibleTokensTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    [Fact]
    public void A_dialect_asks_for_the_special_tokens_among_its_marks()
    {
        using var file = GgufFile.Open(Conformance.Path("tokenizers", "ggml-vocab-phi-3.gguf"));
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        var end = tokenizer.FindToken("<|end|>")!.Value;
        Assert.Equal([end], ChatDialect.Of("<|channel|>").VisibleTokens(tokenizer, mayCall: true));
        Assert.Empty(ChatDialect.Of("<tool_call> <think>").VisibleTokens(tokenizer, mayCall: true));
    }

    [Fact]
    public void Visible_special_tokens_are_in_the_text_and_others_are_not()
    {
        using var file = GgufFile.Open(Conformance.Path("tokenizers", "ggml-vocab-llama-bpe.gguf"));
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        var (seen, unseen) = (tokenizer.FindToken("<|start_header_id|>")!.Value, tokenizer.FindToken("<|eot_id|>")!.Value);
        int[] output = [.. tokenizer.Encode("a"), seen, unseen, .. tokenizer.Encode("b")];
        var text = new OutputText(tokenizer, [], ["id|>b"], [seen]);
        foreach (var token in output) text.Append(token, mayStop: true);
        Assert.Equal("a<|start_header_", text.Released.ToString()); // stop texts are looked for in it too
    }

    [Fact]
    public void A_token_that_is_none_is_refused_by_name()
    {
        var request = new GenerationRequest { PromptTokens = stories.Encode("Once"), VisibleTokens = [-1] };
        var error = Assert.Throws<ArgumentException>(
            () => { stories.Engine.GenerateAsync(request, TestContext.Current.CancellationToken); });
        Assert.Contains("VisibleTokens[0] is -1", error.Message, StringComparison.Ordinal);
    }
}

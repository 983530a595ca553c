using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

public class EngineOptionsTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    public static TheoryData<EngineOptions, string> Wrong => new()
    {
        { new() { ContextLength = 0 }, "ContextLength is 0; this model takes from 1 to 16777216 tokens" },
        { new() { ContextLength = int.MaxValue }, "ContextLength is 2147483647" },
        { new() { Threads = 0 }, "Threads is 0; it must be 1 or more" },
        { new() { QueueCapacity = -1 }, "QueueCapacity is -1; it must be 0 or more" },
        { new() { PrefillChunk = 0 }, "PrefillChunk is 0; it must be 1 or more" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_wrong_option_is_named(EngineOptions options, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new InferenceEngine(stories.Model, options));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learned_positions_bound_the_context_and_rotary_ones_do_not()
    {
        using var learned = LanguageModel.Load(Conformance.Path("architectures", "gpt2-dense.gguf"));
        var length = learned.Configuration.ContextLength;
        var error = Assert.Throws<ArgumentException>(() => new InferenceEngine(learned, new() { ContextLength = length + 1 }));
        Assert.Contains($"from 1 to {length} tokens", error.Message, StringComparison.Ordinal);
        using var engine = new InferenceEngine(learned);
        Assert.Equal(length, engine.ContextLength);

        Assert.True(stories.Model.Configuration.ContextLength < 512);
        Assert.Equal(512, stories.Engine.ContextLength);
    }

    [Theory]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1 << 20, 1 << 12)]
    public void A_cache_of_more_slots_than_can_be_counted_is_refused_before_memory_is_taken(int contextLength, int sequences)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ForwardPass(stories.Model, contextLength, 1, sequences));
        Assert.Equal("contextLength", error.ParamName);
        Assert.Contains($"{sequences} sequences", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_a_tokenizer_generates_tokens_without_text()
    {
        using var model = LanguageModel.Load(Conformance.Path("architectures", "llama-dense.gguf"));
        await using var engine = new InferenceEngine(model, new() { Threads = 1 });
        int[] prompt = [1, 2, 3];
        var outcome = await Outcome.Of(engine, new() { PromptTokens = prompt, MaxTokens = 4 });
        Assert.Equal((4, ""), (outcome.Tokens.Length, outcome.Text));

        Assert.Contains("use StopTokens", Refusal(new() { PromptTokens = prompt, Stop = ["a"] }), StringComparison.Ordinal);
        Assert.Contains("no begin-of-sequence token", Refusal(new() { PromptTokens = default }), StringComparison.Ordinal);

        string Refusal(GenerationRequest request) => Assert.Throws<ArgumentException>(
            () => engine.GenerateAsync(request, TestContext.Current.CancellationToken)).Message;
    }
}

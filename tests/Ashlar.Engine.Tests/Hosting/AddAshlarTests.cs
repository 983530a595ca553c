using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Ashlar.Engine.Tests.Hosting;

public class AddAshlarTests
{
    private static readonly EngineOptions Small = new() { Threads = 1, ContextLength = 512 };
    private static readonly int[] One = [1];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_engine_serves_chat_and_vectors_and_ends_with_the_container()
    {
        var services = new ServiceCollection().AddAshlar(
            StoriesModel.Path, Small, new() { Template = "{{ bos_token }}{{ messages[-1].content }}" });
        InferenceEngine engine;
        await using (var provider = services.BuildServiceProvider())
        {
            engine = provider.GetRequiredService<InferenceEngine>();
            var chat = provider.GetRequiredService<IChatClient>();
            var vectors = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
            Assert.Same(engine, chat.GetService<InferenceEngine>());
            Assert.Same(engine, vectors.GetService<InferenceEngine>());
            var text = chat.GetResponseAsync("One day", new() { Temperature = 0, MaxOutputTokens = 8 }, Cancelled);
            var vector = vectors.GenerateVectorAsync("One day", cancellationToken: Cancelled);
            Assert.NotEmpty((await text).Text);
            Assert.Equal(64, (await vector).Length);
            Assert.Single(await provider.GetRequiredService<DocumentScorer>().ScoreAsync("a", ["b"], Cancelled));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => engine.EmbedAsync(new() { PromptTokens = One }, Cancelled));
    }

    [Fact]
    public async Task Models_under_keys_are_apart_and_loaded_when_asked_for()
    {
        var services = new ServiceCollection()
            .AddKeyedAshlar("small", "synthetic:llama-tiny:q8_0", Small)
            .AddKeyedAshlar("other", "synthetic:qwen3-tiny:q8_0", Small)
            .AddKeyedAshlar("missing", "nowhere.gguf");
        await using var provider = services.BuildServiceProvider();
        var small = provider.GetRequiredKeyedService<InferenceEngine>("small");
        Assert.Equal("synthetic:llama-tiny:q8_0", small.Model.Name);
        Assert.NotSame(small, provider.GetRequiredKeyedService<InferenceEngine>("other"));
        Assert.Null(provider.GetService<InferenceEngine>());
        Assert.Throws<FileNotFoundException>(() => provider.GetRequiredKeyedService<InferenceEngine>("missing"));
        var error = Assert.Throws<NotSupportedException>(() => provider.GetRequiredKeyedService<IChatClient>("small"));
        Assert.Contains("template", error.Message, StringComparison.Ordinal);
    }
}

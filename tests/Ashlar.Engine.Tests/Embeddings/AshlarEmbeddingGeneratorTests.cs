using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Embeddings;

public class AshlarEmbeddingGeneratorTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private AshlarEmbeddingGenerator Generator => new(stories.Engine);

    [Fact]
    public async Task Many_texts_from_many_callers_come_in_their_order_and_with_usage()
    {
        var texts = Enumerable.Range(0, 40).Select(i => $"There were {i} cats in the garden.").ToArray();
        var single = await Generator.GenerateAsync([texts[7]], cancellationToken: Cancelled);
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Generator.GenerateAsync(texts, null, Cancelled)));
        foreach (var found in all)
        {
            Assert.Equal(40, found.Count);
            Assert.Equal(single[0].Vector.ToArray(), found[7].Vector.ToArray());
            Assert.NotEqual(single[0].Vector.ToArray(), found[8].Vector.ToArray());
            Assert.Equal(texts.Sum(text => stories.Encode(text).Length), found.Usage!.InputTokenCount);
            Assert.Equal("stories260K", found[0].ModelId);
        }
    }

    [Fact]
    public async Task Dimensions_pooling_and_normalization_are_options()
    {
        var options = new EmbeddingGenerationOptions
        {
            Dimensions = 5,
            AdditionalProperties = new() { ["pooling"] = "mean", ["normalize"] = false },
        };
        var found = (await Generator.GenerateAsync(["A cat."], options, Cancelled))[0].Vector.ToArray();
        var request = new EmbeddingRequest { PromptTokens = stories.Encode("A cat."), Pooling = Models.Pooling.Mean, Normalize = false };
        var expected = (await stories.Engine.EmbedAsync(request, Cancelled)).Vector[..5].ToArray();
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task What_is_not_supported_is_an_error_that_names_it()
    {
        await Refused<ArgumentException>(new() { ModelId = "other" }, "ModelId is 'other'");
        await Refused<NotSupportedException>(new() { RawRepresentationFactory = _ => null }, "RawRepresentationFactory");
        await Refused<NotSupportedException>(new() { AdditionalProperties = new() { ["user"] = "me" } }, "'user'");
        await Refused<ArgumentException>(new() { AdditionalProperties = new() { ["pooling"] = "max" } }, "'pooling' cannot be 'max'");
        await Refused<ArgumentException>(new() { Dimensions = 1000 }, "Dimensions is 1000");

        async Task Refused<T>(EmbeddingGenerationOptions options, string message)
            where T : Exception => Assert.Contains(
                message, (await Assert.ThrowsAnyAsync<T>(() => Generator.GenerateAsync(["x"], options, Cancelled))).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_what_it_is_made_of()
    {
        Assert.Equal(64, Generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Assert.Same(stories.Engine, Generator.GetService<InferenceEngine>());
    }
}

using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ashlar.Engine;

namespace Ashlar.Server.Tests.Embeddings;

public class EmbeddingTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static readonly string[] Texts = ["Once upon a time", "The cat sat on the mat."];

    [Fact]
    public async Task Vectors_are_the_engines_in_the_order_of_the_texts()
    {
        var answer = await stories.Client.AskAsync(
            "/v1/embeddings", """{"input": ["Once upon a time", "The cat sat on the mat."], "model": "stories260K"}""");
        var data = answer["data"]!.AsArray();
        Assert.Equal(2, data.Count);
        for (var i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(i, data[i]!["index"]!.GetValue<int>());
            Assert.Equal(await Expected(Texts[i]), Floats(data[i]!["embedding"]!));
        }

        Assert.True(answer["usage"]!["prompt_tokens"]!.GetValue<int>() > 2);
    }

    [Fact]
    public async Task Base64_ids_and_dimensions_are_as_OpenAI_has_them()
    {
        var ids = stories.Engine.Model.Tokenizer!.Encode(Texts[0], addSpecial: true);
        var answer = await stories.Client.AskAsync(
            "/v1/embeddings", $$"""{"input": [{{string.Join(',', ids)}}], "encoding_format": "base64"}""");
        var bytes = Convert.FromBase64String(answer["data"]![0]!["embedding"]!.GetValue<string>());
        Assert.Equal(await Expected(Texts[0]), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        answer = await stories.Client.AskAsync("/v1/embeddings", """{"input": "Once", "dimensions": 8}""");
        var vector = Floats(answer["data"]![0]!["embedding"]!);
        Assert.Equal(8, vector.Length);
        Assert.Equal(1, vector.Sum(number => (double)number * number), 1e-6);
    }

    [Fact]
    public async Task Ollama_gets_the_same_vectors()
    {
        var answer = await stories.Client.AskAsync("/api/embed", """{"model": "stories260K", "input": "Once upon a time"}""");
        Assert.Equal(await Expected(Texts[0]), Floats(answer["embeddings"]![0]!));
    }

    [Fact]
    public async Task Documents_are_sorted_by_their_score()
    {
        const string Body = """
            {"query": "a cat", "documents": ["One day a dog ran.", {"text": "a cat"}, "The sun is big."], "top_n": 2}
            """;
        var answer = await stories.Client.AskAsync("/v1/rerank", Body);
        var results = answer["results"]!.AsArray();
        Assert.Equal(2, results.Count);
        Assert.Equal(1, results[0]!["index"]!.GetValue<int>()); // the query itself
        Assert.Equal("a cat", results[0]!["document"]!["text"]!.GetValue<string>());
        Assert.True(results[0]!["relevance_score"]!.GetValue<float>() >= results[1]!["relevance_score"]!.GetValue<float>());

        var score = await stories.Client.AskAsync("/score", """{"text_1": "a cat", "text_2": ["One day a dog ran.", "a cat"]}""");
        Assert.Equal(2, score["data"]!.AsArray().Count);
        Assert.Equal(results[0]!["relevance_score"]!.GetValue<float>(), score["data"]![1]!["score"]!.GetValue<float>());
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"input": []}""")]
    [InlineData("/v1/embeddings", """{"input": "a", "dimensions": 100000}""")]
    [InlineData("/v1/embeddings", """{"input": "a", "encoding_format": "int4"}""")]
    [InlineData("/api/embed", """{"input": "a", "truncate": true}""")]
    [InlineData("/rerank", """{"query": "a"}""")]
    [InlineData("/rerank", """{"query": "a", "documents": [1]}""")]
    [InlineData("/score", """{"text_1": "a", "text_2": 5}""")]
    public async Task What_cannot_be_done_is_said(string path, string body)
    {
        var (response, text) = await stories.Client.SendAsync(path, body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull(JsonNode.Parse(text)!["error"]);
        response.Dispose();
    }

    private static float[] Floats(JsonNode numbers) => [.. numbers.AsArray().Select(number => number!.GetValue<float>())];

    private async Task<float[]> Expected(string text)
    {
        var request = new EmbeddingRequest { PromptTokens = stories.Engine.Model.Tokenizer!.Encode(text, addSpecial: true) };
        var result = await stories.Engine.EmbedAsync(request, TestContext.Current.CancellationToken);
        return result.Vector.ToArray();
    }
}

using Ashlar.Models;

namespace Ashlar.Engine.Tests.Embeddings;

public sealed class EmbeddingTests : IDisposable
{
    private const int Width = 256;

    private static readonly int[] One = [1], Beyond = [5000];

    private readonly LanguageModel _model = LanguageModel.Load("synthetic:qwen3-tiny:q8_0");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<Pooling> Poolings => [Pooling.Mean, Pooling.Cls, Pooling.Last];

    [Theory, MemberData(nameof(Poolings))]
    public async Task Alone_in_chunks_beside_others_and_from_the_cache_the_bits_are_the_same(Pooling pooling)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var texts = Enumerable.Range(0, 12).Select(_ => Tokens(random, random.Next(1, 150))).ToArray();
        await using var whole = Engine(chunk: 512);
        var alone = new List<float[]>();
        foreach (var text in texts) alone.Add(await Embed(whole, text, pooling));

        await using var engine = Engine(chunk: 7);
        var strangers = Enumerable.Range(0, 3).Select(i => Outcome.Of(engine, new()
        {
            PromptTokens = Tokens(random, 20),
            MaxTokens = 60,
            IgnoreEndOfSequence = true,
        })).ToArray();
        for (var round = 0; round < 2; round++)
        {
            var together = await Task.WhenAll(texts.Select(text => Embed(engine, text, pooling)));
            for (var i = 0; i < texts.Length; i++)
            {
                Assert.True(alone[i].AsSpan().SequenceEqual(together[i]), $"seed {seed}: text {i}, round {round}, differs");
            }
        }

        Assert.All(await Task.WhenAll(strangers), outcome => Assert.Equal(60, outcome.Tokens.Length));
    }

    [Fact]
    public async Task Preempted_texts_and_generations_give_what_they_give_alone()
    {
        var random = new Random(5);
        var texts = Enumerable.Range(0, 8).Select(_ => Tokens(random, 200)).ToArray();
        await using var roomy = Engine(chunk: 64);
        var expected = new List<float[]>();
        foreach (var text in texts) expected.Add(await Embed(roomy, text, Pooling.Mean));

        // Room for one and a half; whoever comes late with a better priority takes the place of one that has begun.
        await using var engine = new InferenceEngine(
            _model, new() { Threads = 1, ContextLength = 256, CacheTokens = 320, PrefillChunk = 16 });
        var together = await Task.WhenAll(texts.Select(async (text, i) =>
        {
            await Task.Delay(2 * i, Cancelled);
            var request = new EmbeddingRequest { PromptTokens = text, Pooling = Pooling.Mean, Priority = -i };
            return (await engine.EmbedAsync(request, Cancelled)).Vector.ToArray();
        }));
        for (var i = 0; i < texts.Length; i++) Assert.Equal(expected[i], together[i]);
    }

    [Fact]
    public async Task The_last_hidden_state_is_what_logits_are_made_of()
    {
        // An embedding that is tied: the logit of a token is its row times the hidden state.
        using var model = LanguageModel.Load("synthetic:qwen3-tiny:f32");
        await using var engine = new InferenceEngine(model, new() { Threads = 1 });
        int[] text = [5, 9, 200, 31];
        var state = (await engine.EmbedAsync(
            new() { PromptTokens = text, Pooling = Pooling.Last, Normalize = false }, Cancelled)).Vector;
        using var pass = new ForwardPass(model, 64, threads: 1);
        var logits = new float[pass.Vocabulary];
        pass.Run(text, 0, logits);
        foreach (var token in (int[])[0, 17, 1023])
        {
            var row = model.Tensors["token_embd.weight"].AsSpan<float>().Slice(token * Width, Width);
            var sum = 0.0;
            for (var i = 0; i < Width; i++) sum += (double)row[i] * state.Span[i];
            Assert.Equal(sum, logits[token], 1e-3 * (1 + Math.Abs(sum)));
        }
    }

    [Fact]
    public async Task The_mean_is_of_all_states_and_the_first_is_of_the_first_token_alone()
    {
        await using var engine = Engine(chunk: 3);
        int[] text = [5, 9, 200, 31];
        var states = new List<float[]>();
        for (var i = 1; i <= text.Length; i++) states.Add(await Raw(text[..i], Pooling.Last));
        var mean = await Raw(text, Pooling.Mean);
        for (var i = 0; i < Width; i++) Assert.Equal(states.Average(state => (double)state[i]), mean[i], 1e-5);
        Assert.Equal(states[0], await Raw(text, Pooling.Cls));

        async Task<float[]> Raw(int[] tokens, Pooling pooling) => (await engine.EmbedAsync(
            new() { PromptTokens = tokens, Pooling = pooling, Normalize = false }, Cancelled)).Vector.ToArray();
    }

    [Fact]
    public async Task Fewer_dimensions_are_the_first_ones_brought_to_length_1()
    {
        await using var engine = Engine(chunk: 64);
        int[] text = [1, 2, 3];
        var all = await Embed(engine, text, Pooling.Last);
        var few = (await engine.EmbedAsync(new() { PromptTokens = text, Dimensions = 10 }, Cancelled)).Vector.ToArray();
        Assert.Equal(1, all.Sum(x => (double)x * x), 1e-6);
        Assert.Equal(1, few.Sum(x => (double)x * x), 1e-6);
        var scale = Math.Sqrt(all.Take(10).Sum(x => (double)x * x));
        Assert.Equal(10, few.Length);
        for (var i = 0; i < 10; i++) Assert.Equal(all[i] / scale, few[i], 1e-6);
    }

    [Fact]
    public async Task The_cache_serves_the_last_token_alone()
    {
        await using var engine = Engine(chunk: 64);
        var text = Tokens(new(3), 100);
        foreach (var (pooling, cached) in ((Pooling, int)[])[(Pooling.Last, 0), (Pooling.Last, 99), (Pooling.Mean, 0)])
        {
            var result = await engine.EmbedAsync(new() { PromptTokens = text, Pooling = pooling }, Cancelled);
            Assert.Equal((100, 0, cached), (result.Usage.PromptTokens, result.Usage.CompletionTokens, result.Usage.CachedTokens));
        }
    }

    [Fact]
    public async Task What_cannot_be_is_an_error_that_names_it()
    {
        await using var engine = Engine(chunk: 64);
        await Refused(new() { PromptTokens = default }, "PromptTokens has 0 tokens");
        await Refused(new() { PromptTokens = One, Dimensions = 0 }, "Dimensions is 0; this model's vectors have from 1 to 256");
        await Refused(new() { PromptTokens = One, Dimensions = 257 }, "Dimensions is 257");
        await Refused(new() { PromptTokens = One, Pooling = (Pooling)9 }, "Pooling is 9");
        await Refused(new() { PromptTokens = Beyond }, "PromptTokens[0] is 5000");
        await Assert.ThrowsAsync<PromptTooLongException>(
            () => engine.EmbedAsync(new() { PromptTokens = new int[engine.ContextLength + 1] }, Cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.EmbedAsync(new() { PromptTokens = One }, new CancellationToken(canceled: true)));
        Assert.Equal(0, engine.ActiveRequests);

        async Task Refused(EmbeddingRequest request, string message) => Assert.Contains(
            message, (await Assert.ThrowsAnyAsync<ArgumentException>(() => engine.EmbedAsync(request, Cancelled))).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _model.Dispose();

    private static int[] Tokens(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, 250))];

    private InferenceEngine Engine(int chunk) =>
        new(_model, new() { Threads = 1, ContextLength = 256, PrefillChunk = chunk });

    private static async Task<float[]> Embed(InferenceEngine engine, int[] tokens, Pooling pooling) =>
        (await engine.EmbedAsync(new() { PromptTokens = tokens, Pooling = pooling }, Cancelled)).Vector.ToArray();
}

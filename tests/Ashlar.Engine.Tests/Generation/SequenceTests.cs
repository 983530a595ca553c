using Ashlar.Engine.Cache;
using Ashlar.Engine.Sampling;
using Ashlar.Engine.Stepping;

namespace Ashlar.Engine.Tests.Generation;

public class SequenceTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    /// <summary>
    /// All that the step loop does for a token but the model itself: sampling, decoding, stop texts, publishing.
    /// </summary>
    [Fact]
    public async Task A_token_allocates_nothing_beyond_its_computation()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var submission = new Submission(
            new()
            {
                PromptTokens = stories.Encode("Once"),
                Sampling = new() { Temperature = 0.9f, TopK = 50, TopP = 0.9f, RepetitionPenalty = 1.1f, Seed = 1 },
                Stop = ["\n\nUser:", "never"],
                MinTokens = 350,
            },
            arrived: 0);
        var sequence = new Sequence(submission, new(stories.Model, 512), TimeProvider.System);
        var cache = new BlockCache(32, key => BlockName.Root(key));
        sequence.Start(row: 0, new SequenceBlocks(cache, new int[32], ""), found: 0);
        var vocabulary = stories.Model.Configuration.VocabularySize;
        var candidates = new Candidates(vocabulary);
        var logits = new float[vocabulary];
        var random = Xoshiro256.FromSeed(2);
        await using var updates = submission.Output.ReadAllAsync(cancelled).GetAsyncEnumerator(cancelled);

        long bytes = 0;
        for (var i = 0; i < 300; i++)
        {
            foreach (ref var logit in logits.AsSpan()) logit = (float)random.NextUniform() * 5;

            // Random bytes are no UTF-8, and .NET's decoder makes an object of each that it replaces; words only.
            logits.AsSpan(0, 259).Fill(float.NegativeInfinity);
            bytes += Measure(measured: i >= 100);
            if (i % 10 == 9) await updates.MoveNextAsync();
        }

        Assert.Equal(0, bytes);

        long Measure(bool measured)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            sequence.Schedule(int.MaxValue);
            var fits = sequence.Blocks!.TryReserve(sequence.Computed + sequence.Scheduled);
            sequence.Blocks.Write(sequence.Tokens);
            cache.EndStep();
            sequence.Settle();
            sequence.Choose(logits, candidates);
            var generated = sequence.Conclude();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(fits && generated == 1);
            return measured ? allocated : 0;
        }
    }
}

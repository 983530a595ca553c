namespace Ashlar.Engine.Tests;

/// <summary>
/// What an engine holds after ten thousand tokens. Nothing else may run meanwhile: the whole process is weighed.
/// </summary>
[Collection(nameof(AllocationTests))]
public class GrowthTests
{
    private const int Answers = 20, TokensOfAnswer = 500;

    [Fact]
    public async Task Ten_thousand_steps_leave_no_more_behind_than_the_first_two_thousand()
    {
        // A step that keeps the smallest of objects shows, and one that keeps 1 KiB anywhere.
        const long Managed = Answers * TokensOfAnswer * 16, Resident = Answers * TokensOfAnswer * 1024;
        using var engine = InferenceEngine.Load("synthetic:llama-tiny:q4_0", new() { Threads = 1, ContextLength = 512 });
        await Generate(4);
        var (managed, resident) = Weigh();
        await Generate(Answers);
        var (managedAfter, residentAfter) = Weigh();
        Assert.True(managedAfter - managed < Managed, $"{managedAfter - managed} bytes more on the managed heap");
        Assert.True(residentAfter - resident < Resident, $"{residentAfter - resident} bytes more in memory");

        async Task Generate(int answers)
        {
            for (var i = 0; i < answers; i++)
            {
                var request = new GenerationRequest
                {
                    PromptTokens = new[] { 1, i + 1 },
                    MaxTokens = TokensOfAnswer,
                    Sampling = new SamplingOptions { Seed = i },
                    IgnoreEndOfSequence = true,
                };
                var tokens = 0;
                await foreach (var update in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
                {
                    tokens += update.Tokens.Length;
                }

                Assert.Equal(TokensOfAnswer, tokens);
            }
        }
    }

    private static (long Managed, long Resident) Weigh()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}

using Ashlar.Engine.Stepping;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests;

public class FailureTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logits_that_are_no_numbers_fail_their_request_and_nothing_else()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ashlar-damaged-{Guid.NewGuid():N}.gguf");
        try
        {
            // The file ends with weights, and these bits are NaN in every floating-point format.
            var bytes = await File.ReadAllBytesAsync(StoriesModel.Path, Cancelled);
            bytes.AsSpan(^4096..).Fill(0xFF);
            await File.WriteAllBytesAsync(path, bytes, Cancelled);

            await using var engine = InferenceEngine.Load(path, new() { Threads = 1 });
            for (var i = 0; i < 2; i++)
            {
                var error = await Assert.ThrowsAsync<NotFiniteNumberException>(
                    () => Outcome.Of(engine, new() { PromptTokens = default }));
                Assert.Contains("the logit of token", error.Message, StringComparison.Ordinal);
            }

            Assert.Null(engine.Failure);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_failed_computation_fails_the_engine_and_all_requests_with_the_reason()
    {
        var pass = new PagedPass(stories.Model, blocks: 4, rows: 64, blocksOfRow: 4, DType.F16, threads: 1);
        pass.Dispose(); // what nobody expects: the model's state is gone
        var loop = new StepLoop(new(stories.Model, 64), pass, new(), TimeProvider.System);
        var submission = new Submission(new() { PromptTokens = stories.Encode("Once") }, arrived: 0);
        loop.Submit(submission);

        var error = await Assert.ThrowsAsync<EngineFailedException>(
            () => submission.Output.ReadAllAsync(Cancelled).ToListAsync(Cancelled).AsTask());
        Assert.Same(loop.Failure, error.InnerException);
        Assert.Contains(loop.Failure!.Message, error.Message, StringComparison.Ordinal);
        Assert.Throws<EngineFailedException>(() => loop.Submit(new(submission.Request, arrived: 0)));
        loop.Dispose();
    }

    [Fact]
    public void A_model_that_cannot_be_loaded_is_an_error_of_the_load() =>
        Assert.ThrowsAny<IOException>(() => InferenceEngine.Load("no such model.gguf"));
}

using Ashlar.Engine;

namespace Ashlar.Server.Tests.Load;

/// <summary>
/// Watches the one request that runs when it begins, through whatever comes beside it: in every step it is to get a token.
/// Counted in steps, so that a busy machine changes nothing.
/// </summary>
internal sealed class ProgressWatch(InferenceEngine engine)
{
    private volatile bool _isEnding;
    private Task<(long Steps, long Missed)> _watching = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Waits until the request generates, and watches from then on.</summary>
    public async Task BeginAsync()
    {
        SequenceDescription[] running;
        do
        {
            running = [.. (await engine.DescribeAsync(cancellationToken: Cancelled)).Sequences];
        }
        while (running is not [{ State: SequenceState.Decode }]);
        var prompt = running[0].PromptTokens;
        _watching = Task.Run(() => Watch(prompt), Cancelled);
    }

    /// <summary>Ends, and checks that the request got its tokens in many steps.</summary>
    public async Task EndAsync(int least)
    {
        _isEnding = true;
        var (steps, missed) = await _watching;
        Assert.True(steps >= least, $"only {steps} steps were seen");
        Assert.True(missed == 0, $"in {missed} of {steps} steps the request got no token");
    }

    private async Task<(long Steps, long Missed)> Watch(int prompt)
    {
        var (steps, missed) = (0L, 0L);
        (long Step, int Tokens)? before = null;
        while (!_isEnding)
        {
            var seen = await engine.DescribeAsync(cancellationToken: Cancelled);
            var own = seen.Sequences.Where(sequence => sequence.PromptTokens == prompt).ToArray();
            if (own is not [var sequence]) break;
            if (before is var (step, tokens))
            {
                steps += seen.Statistics.Steps - step;
                missed += Math.Max(0, seen.Statistics.Steps - step - (sequence.GeneratedTokens - tokens));
            }

            before = (seen.Statistics.Steps, sequence.GeneratedTokens);
            await Task.Delay(2, Cancelled);
        }

        return (steps, missed);
    }
}

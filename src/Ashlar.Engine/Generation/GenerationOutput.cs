using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ashlar.Engine;

/// <summary>
/// Carries one generation's tokens and text from the engine's thread to its consumer. What the consumer has not fetched yet
/// gathers here, so that a slow one neither stalls the engine nor misses anything; the channel carries only the news that there
/// is something, or the end. Publishing allocates nothing once the buffers have grown.
/// </summary>
internal sealed class GenerationOutput
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock _gate = new();
    private readonly List<int> _tokens = new(64);
    private readonly TextBuffer _text = new();
    private readonly List<TokenLogProbability> _probabilities = [];
    private readonly List<TokenLogProbability> _promptProbabilities = [];
    private GenerationStart? _start;
    private (FinishReason Reason, GenerationUsage Usage, GenerationTimings Timings)? _end;

    /// <summary>The first token comes next.</summary>
    /// <param name="usage">What the prompt took.</param>
    /// <param name="timings">How long it took.</param>
    public void Begin(GenerationUsage usage, GenerationTimings timings)
    {
        lock (_gate) _start = new(usage, timings);
    }

    /// <summary>Adds a token and the text that has become certain with it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="text">The text.</param>
    /// <param name="probability">Where it is asked for, how likely the token was.</param>
    public void Publish(int token, ReadOnlySpan<char> text, TokenLogProbability? probability = null)
    {
        lock (_gate)
        {
            _tokens.Add(token);
            _text.Append(text);
            if (probability is not null) _probabilities.Add(probability);
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>Adds how likely the next token of the prompt was.</summary>
    public void PublishPrompt(TokenLogProbability probability)
    {
        lock (_gate) _promptProbabilities.Add(probability);
        _news.Writer.TryWrite(true);
    }

    /// <summary>Ends the output.</summary>
    public void Complete(FinishReason reason, GenerationUsage usage, GenerationTimings timings)
    {
        lock (_gate) _end = (reason, usage, timings);
        _news.Writer.TryWrite(true);
    }

    /// <summary>Ends the output with an error, which the consumer receives after what came before.</summary>
    public void Fail(Exception error) => _news.Writer.TryComplete(error);

    /// <summary>Everything that is published, as it comes; for one consumer, once.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async IAsyncEnumerable<GenerationUpdate> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Registered once: a wait that could be cancelled would register, and allocate, for each token.
        using var registration = cancellationToken.UnsafeRegister(
            static (output, given) => ((GenerationOutput)output!).Fail(new OperationCanceledException(given)), this);
        while (true)
        {
            if (!await _news.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false)) yield break;
            _news.Reader.TryRead(out _);
            cancellationToken.ThrowIfCancellationRequested();
            var update = Take();
            yield return update;
            if (update.FinishReason is not null) yield break;
        }
    }

    private GenerationUpdate Take()
    {
        lock (_gate)
        {
            var update = new GenerationUpdate
            {
                Tokens = _tokens.ToArray(),
                Text = _text.Text.ToString(),
                LogProbabilities = _probabilities.Count == 0 ? [] : _probabilities.ToArray(),
                PromptLogProbabilities = _promptProbabilities.Count == 0 ? [] : _promptProbabilities.ToArray(),
                Start = _start,
                FinishReason = _end?.Reason,
                Usage = _end?.Usage,
                Timings = _end?.Timings,
            };
            _tokens.Clear();
            _text.Clear();
            _probabilities.Clear();
            _promptProbabilities.Clear();
            _start = null;
            return update;
        }
    }
}

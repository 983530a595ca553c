using Ashlar.Models;

namespace Ashlar.Engine;

/// <summary>
/// Runs a model for many callers at once. One thread of its own holds all state and runs one sequence after another; requests
/// wait in the order of their arrival.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable, IDisposable
{
    /// <summary>Starts an engine.</summary>
    /// <param name="model">The model to run; it must outlive the engine and is not disposed with it.</param>
    /// <param name="options">How the engine is set up.</param>
    public InferenceEngine(LanguageModel model, EngineOptions? options = null) => Model = model;

    /// <summary>Loads a model and starts an engine that disposes it in the end.</summary>
    /// <param name="path">What names a model: a GGUF file or a folder.</param>
    /// <param name="options">How the engine is set up.</param>
    public static InferenceEngine Load(string path, EngineOptions? options = null) => throw new NotImplementedException();

    /// <summary>The model that is run.</summary>
    public LanguageModel Model { get; }

    /// <summary>Tokens that prompt and output may have together.</summary>
    public int ContextLength { get; }

    /// <summary>Requests that wait for their turn.</summary>
    public int WaitingRequests { get; }

    /// <summary>Why the engine takes no more requests; null while it is well.</summary>
    public Exception? Failure { get; }

    /// <summary>
    /// Continues a prompt. The request is checked at once, joins the queue when the first update is asked for, and is gone from
    /// the engine within one token after cancellation or after the enumeration is left.
    /// </summary>
    /// <param name="request">What to continue and how.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <returns>The output in pieces; the last one carries the finish reason, usage and timings.</returns>
    /// <exception cref="PromptTooLongException">The prompt does not fit the context.</exception>
    /// <exception cref="ArgumentException">A field of the request is out of its range; the message names it.</exception>
    /// <exception cref="EngineBusyException">On the first update: as many requests wait as may.</exception>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="OperationCanceledException">On any update: it was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public IAsyncEnumerable<GenerationUpdate> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Ends the running and the waiting requests and the engine's thread.</summary>
    public void Dispose()
    {
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

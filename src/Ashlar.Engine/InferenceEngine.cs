using System.Runtime.CompilerServices;
using Ashlar.Engine.Adapters;
using Ashlar.Engine.Cache;
using Ashlar.Engine.Embeddings;
using Ashlar.Engine.Grammars;
using Ashlar.Engine.Speculation;
using Ashlar.Engine.Stepping;
using Ashlar.Engine.Tracing;
using Ashlar.Models;

namespace Ashlar.Engine;

/// <summary>
/// Runs a model for many callers at once. One thread of its own holds all state and computes a step after the other: some tokens of
/// all sequences that run. Keys and values of earlier sequences are kept while there is room, so that a prompt that begins alike
/// is not computed again from its start. What is generated does not depend on either, to the bit.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable, IDisposable
{
    private readonly ModelFacts _facts;
    private readonly StepLoop _loop;
    private readonly GrammarCache? _grammars;
    private readonly AdapterRegistry? _adapters; // null where there is room for none
    private readonly TimeProvider _clock;
    private readonly bool _ownsModel;

    /// <summary>Starts an engine.</summary>
    /// <param name="model">The model to run; it must outlive the engine, and is not disposed with it.</param>
    /// <param name="options">How the engine is set up.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">A tensor of the model is missing or misshapen.</exception>
    /// <exception cref="NotSupportedException">The model's architecture is not supported.</exception>
    public InferenceEngine(LanguageModel model, EngineOptions? options = null)
        : this(model, options ?? new(), ownsModel: false)
    {
    }

    /// <summary>Starts an engine that may dispose the model in the end.</summary>
    /// <param name="model">The model to run.</param>
    /// <param name="options">How the engine is set up.</param>
    /// <param name="ownsModel">Whether the model is disposed with the engine; it is not if the engine cannot be started.</param>
    /// <inheritdoc cref="InferenceEngine(LanguageModel, EngineOptions?)" path="/exception"/>
    public InferenceEngine(LanguageModel model, EngineOptions options, bool ownsModel)
    {
        Model = model;
        var size = options.Validate(model.Configuration);
        ContextLength = size.ContextLength;
        _ownsModel = ownsModel;
        _clock = TimeProvider.System;
        _facts = new(model, ContextLength);
        if (model.Tokenizer is { } tokenizer) _grammars = new(tokenizer);
        var pass = new PagedPass(
            model, size.Blocks, options.MaxSequences, size.BlocksOfSequence, options.CacheType, options.Threads ?? 0,
            adapters: options.AdapterCapacity);
        if (pass.Adapters is { } bank) _adapters = new(model, bank, options);
        var draft = options.DraftModel is { } small ? new DraftModel(small, options.MaxSequences, size, options) : null;
        _loop = new(_facts, pass, options, _clock, draft);
    }

    /// <summary>The model that is run.</summary>
    public LanguageModel Model { get; }

    /// <summary>Tokens that prompt and output may have together.</summary>
    public int ContextLength { get; }

    /// <summary>Requests that run or wait.</summary>
    public int ActiveRequests => _loop.Active;

    /// <summary>What the engine has done and does.</summary>
    public EngineStatistics Statistics => _loop.Statistics;

    /// <summary>
    /// Whether there is something to do and yet no step has ended for a minute, or for twenty times as long as the last one took.
    /// </summary>
    public bool IsStalled => _loop.IsStalled;

    /// <summary>Why the engine has failed and takes no more requests; null while it is well.</summary>
    public Exception? Failure => _loop.Failure;

    /// <summary>The adapters that requests may name, in the order of their names.</summary>
    public IReadOnlyList<AdapterInfo> Adapters => _adapters?.List() ?? [];

    /// <summary>Loads a model and starts an engine that disposes it in the end.</summary>
    /// <param name="path">What names a model, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="options">How the engine is set up.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">The model's files are damaged; the message names place and mend.</exception>
    /// <exception cref="NotSupportedException">The model's architecture is not supported.</exception>
    public static InferenceEngine Load(string path, EngineOptions? options = null)
    {
        var model = LanguageModel.Load(path);
        try
        {
            return new(model, options ?? new(), ownsModel: true);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Continues a prompt. The request is checked at once and queued when the first update is asked for. It leaves the engine
    /// within one token, or one chunk of its prompt, after it is cancelled or its enumeration is left.
    /// </summary>
    /// <param name="request">What to continue and how.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <returns>The output in pieces; the last carries the finish reason, usage and timings.</returns>
    /// <exception cref="PromptTooLongException">The prompt does not fit the context.</exception>
    /// <exception cref="ArgumentException">A field of the request is out of its range; the message names it.</exception>
    /// <exception cref="UnknownAdapterException">
    /// No adapter of the request's name is loaded, or none any more when the first update is asked for.
    /// </exception>
    /// <exception cref="GrammarException">
    /// On the first update: the grammar is malformed, impossible, too large or beyond what is supported.
    /// </exception>
    /// <exception cref="EngineBusyException">On the first update: as many requests wait as may.</exception>
    /// <exception cref="EngineFailedException">On any update: the engine has failed.</exception>
    /// <exception cref="NotFiniteNumberException">On any update: the model's logits allow no choice.</exception>
    /// <exception cref="OperationCanceledException">On any update: the generation was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">On any update: the engine is disposed.</exception>
    public IAsyncEnumerable<GenerationUpdate> GenerateAsync(
        GenerationRequest request, CancellationToken cancellationToken = default)
    {
        request.Validate(_facts.Vocabulary, ContextLength);
        if (request.Grammar is not null && _grammars is null)
        {
            throw new ArgumentException("Grammar is set, but the model has no tokenizer and so no text");
        }

        if (request.Stop.Count > 0 && _facts.Tokenizer is null)
        {
            throw new ArgumentException("Stop has texts, but the model has no tokenizer and so no text; use StopTokens");
        }

        if (request.Adapter is { } name)
        {
            if (_adapters is null) throw new UnknownAdapterException(name, []);
            _adapters.Require(name);
        }

        if (!request.PromptTokens.IsEmpty) return Run(request, cancellationToken);
        if (_facts.Tokenizer?.BosId is not { } bos)
        {
            throw new ArgumentException(
                "the prompt is empty, and this vocabulary has no begin-of-sequence token to start from; give one token or more");
        }

        return Run(request with { PromptTokens = new[] { bos } }, cancellationToken);
    }

    /// <summary>What happened to the blocks of the cache, for those who send requests to where their prefix is.</summary>
    /// <param name="from">The number of the first event that is wanted; the first of all has 0.</param>
    /// <param name="most">How many are wanted at most.</param>
    /// <param name="isComplete">Whether none is missing: older ones than <see cref="EngineOptions.KvEvents"/> are gone.</param>
    /// <exception cref="InvalidOperationException">No events are kept.</exception>
    public IReadOnlyList<KvEvent> ReadKvEvents(long from, int most, out bool isComplete)
    {
        var events = _loop.Events ?? throw new InvalidOperationException(
            $"no events of the cache are kept; set {nameof(EngineOptions)}.{nameof(EngineOptions.KvEvents)}");
        return events.Read(from, most, out isComplete);
    }

    /// <summary>Reads a block of keys and values, from memory or disk, for another engine of the same model.</summary>
    /// <param name="name">The block's name, 32 digits of base 16.</param>
    /// <returns>The block as a file; null where there is none of the name.</returns>
    public async Task<byte[]?> ReadBlockAsync(string name) =>
        BlockName.TryParse(name, out var block) ? await _loop.ReadBlockAsync(block).ConfigureAwait(false) : null;

    /// <summary>
    /// Reads an adapter, while others are served, and lets requests name it: a folder that PEFT wrote, or a GGUF file. What was
    /// computed with another adapter of the name serves none of its requests, unless the two are equal.
    /// </summary>
    /// <param name="name">What requests shall call it, 1 to 256 characters.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="cancellationToken">Ends the wait for an adapter whose reading has not begun.</param>
    /// <exception cref="AdapterRefusedException">
    /// The engine has no room for adapters or for one more, or for one of this rank; or the name is taken.
    /// </exception>
    /// <exception cref="FileNotFoundException">Nothing lies at the path, or a file of the folder is missing.</exception>
    /// <exception cref="InvalidDataException">A file breaks its format, or does not fit the model; the message names the
    /// place.</exception>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not computed; the message names it.</exception>
    public Task LoadAdapterAsync(string name, string path, CancellationToken cancellationToken = default) =>
        _adapters is { } adapters
            ? Task.Run(() => adapters.Load(name, path), cancellationToken)
            : Task.FromException(new AdapterRefusedException("the engine was started without room for adapters; "
                + $"allow some{AdapterRegistry.Mend(nameof(EngineOptions.MaxAdapters), "--max-loras")}"));

    /// <summary>
    /// Reads an adapter, as <see cref="LoadAdapterAsync"/> does, and gives it a name that another has: requests that have begun go on
    /// with that one, all others get the new one. If the new one cannot be read, the old one stays.
    /// </summary>
    /// <inheritdoc cref="LoadAdapterAsync" path="/param"/>
    /// <exception cref="UnknownAdapterException">No adapter of that name is loaded.</exception>
    /// <exception cref="AdapterRefusedException">
    /// The rank is too large, or requests use the old one and there is no place for one more.
    /// </exception>
    /// <exception cref="FileNotFoundException">Nothing lies at the path, or a file of the folder is missing.</exception>
    /// <exception cref="InvalidDataException">A file breaks its format, or does not fit the model; the message names the
    /// place.</exception>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not computed; the message names it.</exception>
    public Task ReplaceAdapterAsync(string name, string path, CancellationToken cancellationToken = default) =>
        _adapters is { } adapters
            ? Task.Run(() => adapters.Replace(name, path), cancellationToken)
            : Task.FromException(new UnknownAdapterException(name, []));

    /// <summary>
    /// Takes an adapter's name away at once, and waits until the requests that use it have ended: then there is room for another.
    /// </summary>
    /// <param name="name">The adapter.</param>
    /// <param name="cancellationToken">Ends the wait; the adapter leaves all the same.</param>
    /// <exception cref="UnknownAdapterException">No adapter of that name is loaded.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed meanwhile.</exception>
    public async Task UnloadAdapterAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_adapters is null) throw new UnknownAdapterException(name, []);
        await _adapters.Unload(name).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a vector of a text, beside whatever else the engine computes.</summary>
    /// <param name="request">Of what and how.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The vector: the same bits whatever is computed beside it, and found in the cache.</returns>
    /// <exception cref="PromptTooLongException">The prompt does not fit the context.</exception>
    /// <exception cref="ArgumentException">A field of the request is out of its range; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model's files ask for a pooling that is not supported.</exception>
    /// <exception cref="EngineBusyException">As many requests wait as may.</exception>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="NotFiniteNumberException">The model computed what is no number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken = default)
    {
        var width = Model.Configuration.Width;
        request.Validate(width);
        var prompt = request.ToGeneration();
        prompt.Validate(_facts.Vocabulary, ContextLength);
        var pool = new HiddenPool(request.Pooling ?? Model.Pooling ?? Pooling.Last, prompt.PromptTokens.Length, width);
        await foreach (var update in Run(prompt, cancellationToken, pool).ConfigureAwait(false))
        {
            if (update.FinishReason is null) continue;
            return new(pool.Vector(request.Dimensions ?? width, request.Normalize), update.Usage!.Value, update.Timings!.Value);
        }

        throw new InvalidOperationException("a request ended without an end; this is a fault");
    }

    /// <summary>
    /// Tells what the engine works on: asked between two steps, so that all of it is of one moment. Takes a look at every block of
    /// the prefix tree; once a second is no burden.
    /// </summary>
    /// <param name="mostSequences">How many sequences are listed at most, 0 or more.</param>
    /// <param name="mostRuns">How many runs of the prefix tree are listed at most, 0 or more: the largest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public Task<EngineDescription> DescribeAsync(
        int mostSequences = 256, int mostRuns = 256, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mostSequences);
        ArgumentOutOfRangeException.ThrowIfNegative(mostRuns);
        return _loop.DescribeAsync(mostSequences, mostRuns).WaitAsync(cancellationToken);
    }

    /// <summary>Ends all requests, which fail with <see cref="ObjectDisposedException"/>, and the engine's thread.</summary>
    public void Dispose()
    {
        _loop.Dispose();
        _adapters?.Close();
        _grammars?.Dispose();
        if (_ownsModel) Model.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose).ConfigureAwait(false);

    private IAsyncEnumerable<GenerationUpdate> Run(
        GenerationRequest request, CancellationToken cancellationToken, HiddenPool? pool = null)
    {
        var output = Enumerate(request, cancellationToken, pool);
        return GenerationTrace.IsListenedTo
            ? GenerationTrace.Follow(output, Model.Name, request, isPooled: pool is not null, cancellationToken)
            : output;
    }

    private async IAsyncEnumerable<GenerationUpdate> Enumerate(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken, HiddenPool? pool = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var arrived = _clock.GetTimestamp();
        var grammar = request.Grammar is { } source
            ? await _grammars!.GetAsync(source, cancellationToken).ConfigureAwait(false)
            : null;
        var adapter = request.Adapter is { } name ? _adapters!.Acquire(name) : null;
        var submission = new Submission(request, arrived, grammar, adapter, pool);
        try
        {
            _loop.Submit(submission);
        }
        catch
        {
            adapter?.Release();
            throw;
        }

        // A consumer may be busy elsewhere for long; the engine is not to compute for it what it has given up.
        using var registration = cancellationToken.UnsafeRegister(static given => ((Submission)given!).Cancel(), submission);
        try
        {
            await foreach (var update in submission.Output.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }
        }
        finally
        {
            submission.Cancel();
        }
    }
}

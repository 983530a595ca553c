using Ashlar.Models;
using Ashlar.Models.Tokenizers;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>
/// A model in this process as an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>. Any number of callers may use it at once.
/// Beyond <see cref="EmbeddingGenerationOptions.Dimensions"/> it takes the additional properties <c>normalize</c> (true or false)
/// and <c>pooling</c> (a <see cref="Pooling"/>, or its name).
/// </summary>
public sealed class AshlarEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly InferenceEngine _engine;
    private readonly Tokenizer _tokenizer;
    private readonly bool _ownsEngine;

    /// <summary>Makes a generator of an engine.</summary>
    /// <param name="engine">What runs the model; it is not disposed with the generator.</param>
    /// <exception cref="NotSupportedException">The model has no tokenizer.</exception>
    public AshlarEmbeddingGenerator(InferenceEngine engine)
        : this(engine, ownsEngine: false)
    {
    }

    private AshlarEmbeddingGenerator(InferenceEngine engine, bool ownsEngine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_engine, _ownsEngine) = (engine, ownsEngine);
        _tokenizer = engine.Model.Tokenizer ?? throw new NotSupportedException(
            $"model '{engine.Model.Name}' has no tokenizer to read texts with ({engine.Model.TokenizerProblem}); "
            + $"load one that has, or use {nameof(InferenceEngine)} with token ids");
    }

    /// <summary>Loads a model and makes a generator that owns it.</summary>
    /// <param name="path">What names a model, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="engineOptions">How the engine is set up.</param>
    /// <inheritdoc cref="InferenceEngine.Load" path="/exception"/>
    public static AshlarEmbeddingGenerator Load(string path, EngineOptions? engineOptions = null)
    {
        var engine = InferenceEngine.Load(path, engineOptions);
        try
        {
            return new(engine, ownsEngine: true);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">An option is not supported; the message names it.</exception>
    /// <inheritdoc cref="InferenceEngine.EmbedAsync" path="/exception"/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var request = Read(options);
        string[] texts = [.. values];
        var found = new EmbeddingResult[texts.Length];
        var limits = new ParallelOptions
        {
            MaxDegreeOfParallelism = DocumentScorer.MostAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, texts.Length, limits, async (index, cancelled) =>
        {
            var tokens = _tokenizer.Encode(texts[index], addSpecial: true);
            found[index] = await _engine.EmbedAsync(request with { PromptTokens = tokens }, cancelled).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var now = DateTimeOffset.UtcNow;
        var tokens = found.Sum(result => (long)result.Usage.PromptTokens);
        return new(found.Select(result => new Embedding<float>(result.Vector) { CreatedAt = now, ModelId = _engine.Model.Name }))
        {
            Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <summary>Finds what the generator is made of.</summary>
    /// <param name="serviceType">
    /// <see cref="EmbeddingGeneratorMetadata"/>, <see cref="InferenceEngine"/>, <see cref="LanguageModel"/>, or a type of this object.
    /// </param>
    /// <param name="serviceKey">Must be null; no service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
        {
            return new EmbeddingGeneratorMetadata(
                "ashlar", defaultModelId: _engine.Model.Name, defaultModelDimensions: _engine.Model.Configuration.Width);
        }

        if (serviceType == typeof(InferenceEngine)) return _engine;
        if (serviceType == typeof(LanguageModel)) return _engine.Model;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Disposes the engine and the model, if the generator was made by <see cref="Load"/>.</summary>
    public void Dispose()
    {
        if (_ownsEngine) _engine.Dispose();
    }

    private EmbeddingRequest Read(EmbeddingGenerationOptions? options)
    {
        var request = new EmbeddingRequest { PromptTokens = default, Dimensions = options?.Dimensions };
        if (options is null) return request;
        if (options.ModelId is { } asked && asked != _engine.Model.Name)
        {
            throw new ArgumentException($"ModelId is '{asked}'; this generator runs '{_engine.Model.Name}' alone");
        }

        if (options.RawRepresentationFactory is not null)
        {
            throw new NotSupportedException(
                $"{nameof(EmbeddingGenerationOptions)}.{nameof(options.RawRepresentationFactory)} is not supported; leave it unset");
        }

        foreach (var (name, value) in options.AdditionalProperties ?? [])
        {
            request = (name, value) switch
            {
                ("normalize", bool normalize) => request with { Normalize = normalize },
                ("pooling", Pooling pooling) => request with { Pooling = pooling },
                ("pooling", string text) when Enum.TryParse<Pooling>(text, ignoreCase: true, out var pooling)
                    && Enum.IsDefined(pooling) => request with { Pooling = pooling },
                ("normalize" or "pooling", _) => throw new ArgumentException(
                    $"the additional property '{name}' cannot be '{value}'; normalize is true or false, pooling mean, cls or last"),
                _ => throw new NotSupportedException(
                    $"this generator does not know the additional property '{name}'; it knows normalize and pooling"),
            };
        }

        return request;
    }
}

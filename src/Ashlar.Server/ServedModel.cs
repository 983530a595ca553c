using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Server.Catalog;

namespace Ashlar.Server;

/// <summary>
/// A model that a server offers: one whose engine runs, and is not disposed with the server, or one that the server loads when a
/// request names it, and unloads when it is not needed, or another needs its memory.
/// </summary>
public sealed record ServedModel
{
    /// <summary>A model whose engine runs.</summary>
    /// <param name="engine">What runs it; it must outlive the server, and is not disposed with it.</param>
    public ServedModel(InferenceEngine engine) => (Engine, Name) = (engine, engine.Model.Name);

    /// <summary>A model that is loaded when a request names it.</summary>
    /// <param name="name">The name by which requests ask for it.</param>
    /// <param name="bytes">The memory that it takes while it is loaded, 0 or more: what <see cref="EngineMemory"/> says.</param>
    /// <param name="start">
    /// Starts an engine, which the server disposes; its model must be disposed with it. Called again after the model was
    /// unloaded, or could not be loaded. Cancelled when the server ends.
    /// </param>
    public ServedModel(string name, long bytes, Func<CancellationToken, Task<InferenceEngine>> start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        (Name, Bytes, Start) = (name, bytes, start);
    }

    /// <summary>What runs it; null for a model that is loaded when a request names it.</summary>
    public InferenceEngine? Engine { get; }

    /// <summary>What starts an engine; null for a model whose engine runs.</summary>
    public Func<CancellationToken, Task<InferenceEngine>>? Start { get; }

    /// <summary>The memory that it takes while it is loaded; 0 for a model whose engine runs, which is not counted.</summary>
    public long Bytes { get; }

    /// <summary>The name by which requests ask for it. By default the model's own.</summary>
    public string Name { get; init; }

    /// <summary>
    /// The chat template to use in place of the model's own: Jinja, as published with models. A model that has neither serves
    /// <c>/v1/completions</c> only.
    /// </summary>
    public string? ChatTemplate { get; init; }

    /// <summary>
    /// Adapters to load with the model: before the server listens where its engine runs, else whenever it is loaded. The engine must
    /// have room for them. Those that an engine has already are served as well. None by default.
    /// </summary>
    public IReadOnlyList<ServedAdapter> Adapters { get; init; } = [];

    /// <summary>What can be told of the model before it is loaded; null for nothing.</summary>
    internal ModelHeader? Header { get; init; }

    /// <summary>
    /// A model that is loaded from files when a request names it. Reads what says how large it is now, and its weights then.
    /// </summary>
    /// <param name="path">What names it, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="configure">How its engine is set up; must say the same whenever it is asked. Unset, as any.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">The model's files are damaged; the message names place and mend.</exception>
    /// <exception cref="NotSupportedException">The model's architecture is not supported.</exception>
    public static ServedModel FromFile(string path, Func<LanguageModel, EngineOptions>? configure = null)
    {
        using var model = LanguageModel.Load(path);
        var options = configure?.Invoke(model) ?? new();
        var memory = EngineMemory.Estimate(model, options);
        return new(model.Name, memory.Total, cancellationToken => Task.Run(Load, cancellationToken))
        {
            Header = new(new(model), memory.ContextLength, model.Tokenizer?.ChatTemplate, () => LanguageModel.Load(path)),
        };

        InferenceEngine Load()
        {
            var opened = LanguageModel.Load(path);
            try
            {
                return new(opened, configure?.Invoke(opened) ?? new(), ownsModel: true);
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }
    }
}

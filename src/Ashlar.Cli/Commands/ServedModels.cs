using Ashlar.Cli.Arguments;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Server;

namespace Ashlar.Cli.Commands;

/// <summary>The models of <c>serve</c>, loaded at the start or when requests name them, and what was opened for them.</summary>
/// <param name="template">The chat template to use in place of theirs; null for theirs.</param>
/// <param name="adaptersOf">Adapters by models' names, of which it gets all.</param>
/// <param name="optionsOf">How a model's engine is set up, with so many adapters given for it.</param>
internal sealed class ServedModels(
    string? template, Func<IReadOnlyList<string>, ILookup<string, ServedAdapter>> adaptersOf,
    Func<LanguageModel, int, EngineOptions> optionsOf) : IAsyncDisposable
{
    private readonly List<LanguageModel> _opened = [];
    private readonly List<InferenceEngine> _engines = [];

    /// <summary>What the server is given.</summary>
    public IReadOnlyList<ServedModel> Models { get; private set; } = [];

    /// <summary>Loads models now.</summary>
    public void Open(string[] paths)
    {
        foreach (var path in paths) _opened.Add(ModelArgument.OpenToRun(path));
        var adapters = adaptersOf([.. _opened.Select(model => model.Name)]);
        foreach (var model in _opened) _engines.Add(Start(model, adapters[model.Name].Count()));
        Models = [.. _engines.Select(engine => With(new(engine), adapters))];
    }

    /// <summary>Has models loaded when requests name them. What can be wrong with their headers is found now.</summary>
    public void Add(string[] paths)
    {
        var names = new List<string>();
        foreach (var path in paths)
        {
            using var model = ModelArgument.Open(path);
            names.Add(model.Name);
        }

        var adapters = adaptersOf(names);
        Models = [.. paths.Select(path => With(FromFile(path, model => optionsOf(model, adapters[model.Name].Count())), adapters))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync().ConfigureAwait(false);
        foreach (var model in _opened) model.Dispose();
    }

    private ServedModel With(ServedModel model, ILookup<string, ServedAdapter> adapters) =>
        model with { ChatTemplate = template, Adapters = [.. adapters[model.Name]] };

    private static ServedModel FromFile(string path, Func<LanguageModel, EngineOptions> configure)
    {
        try
        {
            return ServedModel.FromFile(path, configure);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private InferenceEngine Start(LanguageModel model, int given)
    {
        try
        {
            return new(model, optionsOf(model, given));
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }
}

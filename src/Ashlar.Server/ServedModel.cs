using Ashlar.Engine;

namespace Ashlar.Server;

/// <summary>A model that a server offers.</summary>
/// <param name="Engine">What runs it; it is not disposed with the server.</param>
public sealed record ServedModel(InferenceEngine Engine)
{
    /// <summary>The name by which requests ask for it. By default the model's own.</summary>
    public string Name { get; init; } = Engine.Model.Name;

    /// <summary>
    /// The chat template to use in place of the model's own: Jinja, as published with models. A model that has neither serves
    /// <c>/v1/completions</c> only.
    /// </summary>
    public string? ChatTemplate { get; init; }

    /// <summary>
    /// Adapters to load before the server listens; the engine must have room for them. Those that it has already are served as
    /// well. None by default.
    /// </summary>
    public IReadOnlyList<ServedAdapter> Adapters { get; init; } = [];
}

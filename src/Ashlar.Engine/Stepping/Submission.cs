using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Stepping;

/// <summary>A request on its way between a caller and the engine's thread; all that both touch.</summary>
internal sealed class Submission(GenerationRequest request, long arrived, CompiledGrammar? grammar = null)
{
    private volatile bool _isCancelled;

    /// <summary>What is asked for; checked, with a prompt of one token or more.</summary>
    public GenerationRequest Request => request;

    /// <summary>The request's grammar, compiled.</summary>
    public CompiledGrammar? Grammar => grammar;

    /// <summary>When it was asked for, in ticks of the engine's clock.</summary>
    public long Arrived => arrived;

    /// <summary>What the caller reads.</summary>
    public GenerationOutput Output { get; } = new();

    /// <summary>Whether the caller is gone: the engine lets go of the request before it computes on.</summary>
    public bool IsCancelled => _isCancelled;

    public void Cancel() => _isCancelled = true;
}

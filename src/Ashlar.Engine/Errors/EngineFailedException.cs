namespace Ashlar.Engine;

/// <summary>The engine has failed and takes no more requests; the cause is the inner exception.</summary>
public sealed class EngineFailedException : InvalidOperationException
{
    internal EngineFailedException(Exception cause)
        : base($"the engine has failed and must be started again: {cause.Message}", cause)
    {
    }
}

namespace Ashlar.Engine.Dialects;

/// <summary>Reads a whole output: answer, reasoning, calls.</summary>
internal abstract class OutputReader
{
    /// <summary>Reads to the end.</summary>
    public abstract ValueTask ReadAsync();
}

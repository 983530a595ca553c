namespace Ashlar.Tensors.Passes;

/// <summary>A node that the reference backend computes, because no kernel does.</summary>
internal sealed class ReferenceRegion : Region
{
    /// <summary>The value of each of the node's inputs.</summary>
    public List<Value> Operands { get; } = [];
}

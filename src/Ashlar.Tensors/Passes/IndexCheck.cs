namespace Ashlar.Tensors.Passes;

/// <summary>Indices that must be from 0 up to, and not including, a size.</summary>
/// <param name="Node">The operation that uses them, for the error.</param>
/// <param name="Indices">The indices.</param>
/// <param name="Limit">How many rows there are.</param>
internal sealed record IndexCheck(Node Node, Value Indices, Dim Limit);

using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Runtime;

/// <summary>How attention reaches into a cache, for the check before a run.</summary>
/// <param name="attention">The attention.</param>
/// <param name="bindings">What its inputs are bound to.</param>
internal sealed class CacheUse(Node attention, Bindings bindings)
{
    private readonly (int Positions, int Sequences, int Table, int Keys, int Values) _inputs = (
        bindings.NumberOf(attention.Inputs[3]), bindings.NumberOf(attention.Inputs[4]), bindings.NumberOf(attention.Inputs[5]),
        bindings.NumberOf(attention.Inputs[1].Inputs[0]), bindings.NumberOf(attention.Inputs[2].Inputs[0]));

    private readonly Attention _shape = (Attention)attention.Op;

    /// <summary>Whether one check serves for both: they see the same of caches that are equally large.</summary>
    public bool IsCheckedBy(CacheUse other) =>
        _inputs.Positions == other._inputs.Positions && _inputs.Sequences == other._inputs.Sequences
        && _inputs.Table == other._inputs.Table
        && (_shape.BlockSize, _shape.Window) == (other._shape.BlockSize, other._shape.Window)
        && Node(1).Shape[0] == other.Node(1).Shape[0];

    /// <summary>Checks what this run's tokens see.</summary>
    /// <exception cref="InvalidOperationException">A sequence, position or block is not there; the message names it.</exception>
    public void Check()
    {
        var rows = bindings.Data(_inputs.Keys).Sizes[0];
        var table = bindings.Data(_inputs.Table);
        try
        {
            if (rows % CacheStore.Part != 0)
            {
                throw new InvalidOperationException($"a cache of {rows} rows is no whole number of parts of {CacheStore.Part}");
            }

            CacheChecks.Tokens(
                bindings.Data(_inputs.Positions).AsSpan<int>(), bindings.Data(_inputs.Sequences).AsSpan<int>(),
                table.AsSpan<int>(), table.Sizes[1], _shape.BlockSize, _shape.Window, rows);
        }
        catch (InvalidOperationException error)
        {
            throw RunError.Of(attention, error);
        }
    }

    private Node Node(int input) => attention.Inputs[input];
}

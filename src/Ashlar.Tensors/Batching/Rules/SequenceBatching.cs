using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching.Rules;

/// <summary>Operations on the tokens of sequences: the tokens of all samples are one ragged batch.</summary>
internal static class SequenceBatching
{
    /// <summary>Rotations, by frequencies that are the same for all.</summary>
    public static Tensor OfRotary(BatchedNode node)
    {
        if (node.IsBatched(2)) throw node.Error("with frequencies of their own");
        return node.Split(Tensor.Apply(node.Node.Op, node.Joined(0), node.Joined(1), node.AsIs(2)));
    }

    /// <summary>
    /// Attention over one cache, or over a cache for each sample: they lie one behind the other, and the sequences too.
    /// </summary>
    public static Tensor OfAttention(Attention attention, BatchedNode node)
    {
        if (attention.HasSinks && node.IsBatched(6)) throw node.Error("with sinks of their own");
        var rows = node.Node.Inputs[1].Shape[0];
        var hasCaches = node.IsBatched(1) || node.IsBatched(2);
        if (hasCaches && !(rows.IsConstant && rows.Value % attention.BlockSize == 0))
        {
            throw node.Error($"with caches of {rows} rows, which is no known number of blocks of {attention.BlockSize}");
        }

        var hasTables = hasCaches || node.IsBatched(5);
        var table = hasCaches ? node.JoinedPlaces(5, rows.Value / attention.BlockSize)
            : hasTables ? node.Joined(5)
            : node.AsIs(5);
        var sequences = hasTables ? node.JoinedPlaces(4, node.Node.Inputs[5].Shape[0]) : node.Joined(4);
        var (keys, values) = hasCaches ? (node.Joined(1), node.Joined(2)) : (node.AsIs(1), node.AsIs(2));
        Tensor[] inputs = [node.Joined(0), keys, values, node.Joined(3), sequences, table];
        return node.Split(Tensor.Apply(attention, attention.HasSinks ? [.. inputs, node.AsIs(6)] : inputs));
    }
}

using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>
/// Attention over a paged cache, differentiated as the composition that it is: the rows that the block table names are gathered
/// for each token, so that it takes memory for every pair of a token and a position. Training has attention without a cache; this
/// is for gradients of a graph that is there for generating.
/// </summary>
internal static class AttentionGradient
{
    /// <summary>The gradients of queries, caches and sinks; nothing for positions, sequences and table.</summary>
    public static Contribution[] Of(Attention attention, Node node, Tensor upstream)
    {
        int[] wanted = attention.HasSinks ? [0, 1, 2, 6] : [0, 1, 2];
        var composed = Compose(attention, node);
        var gradients = Gradient.Of(composed.Node, upstream.Node, [.. wanted.Select(i => node.Sources[i])]);
        var contributions = new Contribution[node.Sources.Length];
        for (var i = 0; i < wanted.Length; i++) contributions[wanted[i]] = new Tensor(gradients[i]);
        return contributions;
    }

    private static Tensor Compose(Attention attention, Node node)
    {
        var (queries, positions) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[3]));
        var (tokens, heads, size) = (queries.Shape[0], queries.Shape[1], queries.Shape[2]);
        var (keyHeads, valueSize) = (node.Sources[1].Shape[1], node.Sources[2].Shape[2]);
        heads.TryDivide(keyHeads, out var group); // as the operation's shape rule has checked
        var blocks = new Tensor(node.Sources[5]).Gather(new Tensor(node.Sources[4])); // (tokens, blocks)
        var span = blocks.Shape[1] * attention.BlockSize;

        // Positions that a token does not see stand for its own, which is there in any case.
        var size32 = Tensor.Scalar(attention.BlockSize, DType.I32);
        var (own, all) = (positions.Reshape([tokens, 1]), Tensor.Range(span).Reshape([1, span]));
        var inBlock = Tensor.Range(attention.BlockSize).Reshape([1, 1, attention.BlockSize]);
        var rows = (blocks.Reshape([tokens, blocks.Shape[1], 1]) * size32 + inBlock).Reshape([tokens, span]);
        var ownRow = blocks.GatherColumns(own / size32) * size32 + (own - own / size32 * size32);
        rows = Seen(own, all, rows, ownRow);

        var keys = Rows(node.Sources[1]); // (tokens, key heads, positions, size)
        var scores = queries.Reshape([tokens, keyHeads, group, size]).MatMul(keys, transposeRight: true) * attention.Scale;
        if (attention.SoftCap > 0) scores = (scores / attention.SoftCap).Tanh() * attention.SoftCap;
        scores = Seen(own.Reshape([tokens, 1, 1]), all.Reshape([1, 1, span]), scores.Reshape([tokens, heads, span]),
            Tensor.Scalar(double.NegativeInfinity, queries.Type));
        if (attention.HasSinks)
        {
            var sinks = new Tensor(node.Sources[6]).Cast(queries.Type).Reshape([1, heads, 1]).Expand([tokens, heads, 1]);
            scores = Tensor.Concat(2, sinks, scores).Softmax(2).Slice(2, 1, span);
        }
        else
        {
            scores = scores.Softmax(2);
        }

        return scores.Reshape([tokens, keyHeads, group, span]).MatMul(Rows(node.Sources[2])).Reshape([tokens, heads, valueSize]);

        Tensor Rows(Node cache) => new Tensor(cache).Gather(rows).Cast(queries.Type).Permute(0, 2, 1, 3);

        // One where the token sees the position, the other elsewhere.
        Tensor Seen(Tensor own, Tensor all, Tensor there, Tensor otherwise)
        {
            if (attention.Window > 0)
            {
                var window = Tensor.Scalar(attention.Window, DType.I32);
                there = own.LessThan(all + window).Select(there, otherwise);
            }

            return own.LessThan(all).Select(otherwise, there);
        }
    }
}

using Ashlar.Models.Training;
using Ashlar.Tensors;

namespace Ashlar.Training.Objectives;

/// <summary>
/// How badly tokens were predicted, as a graph. Rows are taken some at a time, so that the logits of all of them are never
/// there at
/// once; what is kept of a row is one number, the logarithm of the sum of its logits' powers of e.
/// </summary>
internal static class TokenLoss
{
    private const long ChunkBytes = 8 << 20; // of logits
    private const long LeastRows = 128; // of a chunk: products of fewer wait for the matrix

    /// <summary>The cross-entropy in nats of each token's target, (tokens, 1).</summary>
    /// <param name="graph">The model.</param>
    /// <param name="targets">(tokens) I32.</param>
    /// <param name="vocabulary">The number of logits.</param>
    public static Tensor PerToken(TrainingGraph graph, Tensor targets, long vocabulary) =>
        Tensor.Concat(0, Chunks(graph, targets, vocabulary).Select(chunk => chunk.Loss).ToArray());

    /// <summary>The sum over tokens of the cross-entropy times the token's weight, one number.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="targets">(tokens) I32.</param>
    /// <param name="weights">(tokens) F32.</param>
    /// <param name="vocabulary">The number of logits.</param>
    public static Tensor Sum(TrainingGraph graph, Tensor targets, Tensor weights, long vocabulary)
    {
        Tensor? sum = null;
        foreach (var (start, loss) in Chunks(graph, targets, vocabulary))
        {
            var rows = loss.Shape[0].Value;
            var part = (loss * weights.Slice(0, start, rows).Reshape([rows, 1])).Reshape([1, rows]).Sum(-1);
            sum = sum is null ? part : sum + part;
        }

        return sum!.Reshape([1]);
    }

    private static IEnumerable<(long Start, Tensor Loss)> Chunks(TrainingGraph graph, Tensor targets, long vocabulary)
    {
        var tokens = targets.Shape[0].Value;
        var count = Math.Min((tokens * vocabulary * sizeof(float) + ChunkBytes - 1) / ChunkBytes, tokens / LeastRows);
        count = Math.Max(count, 1);
        var step = (tokens + count - 1) / count;
        var ids = Tensor.Range(vocabulary).Reshape([1, vocabulary]);
        for (var start = 0L; start < tokens; start += step)
        {
            var rows = Math.Min(step, tokens - start);
            var logits = graph.LogitsOf(graph.Rows.Slice(0, start, rows)); // (rows, vocabulary)
            var largest = logits.Maximum(-1).Detach();
            var total = largest + (logits - largest).Exp().Sum(-1).Log(); // (rows, 1)
            var isTarget = ids.EqualTo(targets.Slice(0, start, rows).Reshape([rows, 1]));
            yield return (start, total - isTarget.Select(logits, Tensor.Scalar(0)).Sum(-1));
        }
    }
}

using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>
/// What a training graph is given in each run: rows of constant length, packed with sequences, and no cache. A token sees those
/// before it in its row that have its segment number.
/// </summary>
public sealed class TrainingBatch : TokenBatch
{
    private const double Hidden = -1e30; // added to a score that is not to count; its power of e is 0

    private readonly Dictionary<int, Tensor> _masks = [];
    private readonly Dropout? _dropout;
    private readonly List<Tensor> _residuals = [];
    private readonly Dictionary<string, LoraPair> _adapted = new(StringComparer.Ordinal);
    private readonly LoraForm? _lora;

    /// <summary>Inputs of a graph for rows of one length.</summary>
    /// <param name="rows">How many rows, 1 or more.</param>
    /// <param name="length">How many tokens a row has, 1 or more.</param>
    /// <param name="dropout">The share of what layers add to the residual stream that is left out, 0 to below 1.</param>
    /// <param name="lora">What low-rank matrices are trained beside linear layers; null for none.</param>
    public TrainingBatch(int rows, int length, double dropout = 0, LoraForm? lora = null)
        : base(checked(rows * length))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        (Rows, Length, _lora) = (rows, length, lora);
        Segments = Tensor.Input("segments", DType.I32, [rows * length]);
        if (dropout > 0) _dropout = new Dropout(dropout, rows * length);
    }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; }

    /// <summary>How many tokens a row has.</summary>
    public int Length { get; }

    /// <summary>The segment of each token, (tokens) I32; bound as <c>segments</c>.</summary>
    public Tensor Segments { get; }

    /// <summary>
    /// The input that says which elements are dropped, or null where none are: (tokens, 3) F32 of whole numbers from 0 to
    /// <see cref="Dropout.Prime"/> - 1, new random ones for each run; bound as <c>dropout</c>.
    /// </summary>
    public Tensor? DropoutKeys => _dropout?.Keys;

    /// <summary>The low-rank matrices of each layer that has some, once a graph was built from this.</summary>
    internal IReadOnlyDictionary<string, LoraPair> Adapted => _adapted;

    /// <summary>What goes into each layer, (tokens, width), once a graph was built from this.</summary>
    internal IReadOnlyList<Tensor> Residuals => _residuals;

    internal override Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, double scale, int window = 0)
    {
        long heads = queries.Shape[1].Value, keyHeads = keys.Shape[1].Value, group = heads / keyHeads;
        long size = keys.Shape[2].Value, valueSize = values.Shape[2].Value;

        // The queries of all heads that share keys are rows of one product: (rows * key heads, group * length, size).
        var q = (queries * scale).Reshape([Rows, Length, keyHeads, group, size]).Permute(0, 2, 3, 1, 4)
            .Reshape([Rows * keyHeads, group * Length, size]);
        var k = Heads(keys, keyHeads, size);
        var scores = q.MatMul(k, transposeRight: true).Reshape([Rows, heads, Length, Length]) + Mask(window);
        var shares = scores.Softmax(-1).Reshape([Rows * keyHeads, group * Length, Length]);
        return shares.MatMul(Heads(values, keyHeads, valueSize)) // (rows * key heads, group * length, value size)
            .Reshape([Rows, keyHeads, group, Length, valueSize]).Permute(0, 3, 1, 2, 4)
            .Reshape([Rows * Length, heads * valueSize]);
    }

    internal override Tensor Adapt(string layer, Tensor x, Tensor y)
    {
        if (_lora is null || !_lora.Takes(layer)) return y;
        if (!_adapted.TryGetValue(layer, out var pair))
        {
            _adapted.Add(layer, pair = LoraPair.Of(layer, x.Shape[1].Value, y.Shape[1].Value, _lora.Rank));
        }

        return y + x.MatMul(pair.Down, transposeRight: true).MatMul(pair.Up, transposeRight: true) * _lora.Scale;
    }

    internal override void Enter(Tensor residual) => _residuals.Add(residual);

    internal override Tensor Drop(string place, Tensor added) => _dropout?.Apply(place, added) ?? added;

    private Tensor Heads(Tensor x, long heads, long size) =>
        x.Reshape([Rows, Length, heads, size]).Permute(0, 2, 1, 3).Reshape([Rows * heads, Length, size]);

    // 0 where a token (second to last axis) sees another (last), else a number that hides the score: (rows, 1, length, length).
    private Tensor Mask(int window)
    {
        if (window >= Length) window = 0;
        if (_masks.TryGetValue(window, out var mask)) return mask;
        var place = Tensor.Range(Length);
        var (row, column) = (place.Reshape([Length, 1]), place.Reshape([1, Length]));
        var (seen, hidden) = (Tensor.Scalar(0), Tensor.Scalar(Hidden));
        mask = row.LessThan(column).Select(hidden, seen); // (length, length)
        if (window > 0) mask = column.LessThan(row - Tensor.Scalar(window - 1, DType.I32)).Select(hidden, mask);
        mask = Segments.Reshape([Rows, Length, 1]).EqualTo(Segments.Reshape([Rows, 1, Length])).Select(mask, hidden);
        _masks.Add(window, mask = mask.Reshape([Rows, 1, Length, Length]));
        return mask;
    }
}

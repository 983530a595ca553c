using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Data;
using Ashlar.Training.Data.Packing;

namespace Ashlar.Training.Objectives;

/// <summary>Each token predicts the one behind it, as far as its weight says so.</summary>
internal sealed class NextToken : Objective
{
    private readonly IReadOnlyList<DataSource> _sources;
    private readonly SampleStream _stream;
    private readonly PackedRows _batch;
    private readonly RowInputs _inputs;

    /// <summary>Begins at the beginning of the data.</summary>
    /// <exception cref="InvalidDataException">A source gives nothing to train on, or none lasts the whole run; the message
    /// names it.</exception>
    public NextToken(IReadOnlyList<DataSource> sources, int rows, int length, ulong seed)
    {
        foreach (var source in sources) source.Check(length);
        (_sources, _stream, _batch) = (sources, new SampleStream(sources, seed), new PackedRows(rows, length));
        _inputs = new RowInputs(rows * length);
    }

    public override int Rows => _batch.Rows;

    public override int Length => _batch.Length;

    public override DataPosition Position
    {
        get => _stream.Position;
        set => _stream.Position = value;
    }

    public override double Weight => _batch.Weight;

    public override IReadOnlyDictionary<string, TensorData> Inputs => _inputs.ByKey;

    public override string DataFacts => string.Join("; ", _sources.Select(
        source => $"{source.Name}: {source.File.Documents} documents of {source.File.Tokens} tokens"));

    public override Tensor LossOf(TrainingGraph graph, TrainingBatch batch, long vocabulary) => TokenLoss.Sum(
        graph, RowInputs.Targets(Rows * Length), RowInputs.Weights(Rows * Length), vocabulary);

    public override void Fill(double progress)
    {
        do
        {
            _stream.Fill(_batch, progress);
        }
        while (_batch.Weight == 0); // prompts alone
        _inputs.Take(_batch);
    }

    public override IEnumerable<string> FillHeldOut(long mostTokens)
    {
        foreach (var source in _sources)
        {
            foreach (var batch in HeldOutBatches.Of(source, _batch, mostTokens))
            {
                _inputs.Take(batch);
                yield return source.Name;
            }
        }
    }

    public override void Dispose()
    {
        foreach (var source in _sources) source.Dispose();
    }
}

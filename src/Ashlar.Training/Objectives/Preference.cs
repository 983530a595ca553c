using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Data;
using Ashlar.Training.Data.Documents;
using Ashlar.Training.Data.Packing;
using Ashlar.Training.Models;

namespace Ashlar.Training.Objectives;

/// <summary>
/// Direct preference optimization (Rafailov and others, 2023): of two answers, the chosen one is to become likelier, against the
/// model that training began with, than the rejected one does. The loss of a pair is -log s(beta (m - m0)), with the logistic
/// function s, m the difference of the answers' log probabilities and m0 what it was at the beginning. Rows come in twos: the
/// chosen
/// answer with its prompt, then the rejected one.
/// </summary>
internal sealed class Preference : Objective
{
    private const string MarginsKey = "margins";

    private readonly PreferencePair[] _trained, _heldOut;
    private readonly double[] _trainedMargins, _heldOutMargins; // at the beginning
    private readonly double _beta;
    private readonly ulong _seed;
    private readonly PackedRows _batch;
    private readonly RowInputs _inputs;
    private readonly Dictionary<string, TensorData> _byKey;
    private long _taken;

    /// <summary>Reads the pairs and computes how likely the model finds them now.</summary>
    /// <exception cref="InvalidDataException">A pair is bad; the message names file and line.</exception>
    public Preference(TrainedModel model, TrainingOptions options, IReadOnlyList<DataDescription> data, double beta)
    {
        if (options.Rows % 2 != 0)
        {
            throw new InvalidDataException($"batch.rows is {options.Rows}; pairs of answers take an even number of rows");
        }

        (_beta, _seed, _batch) = (beta, options.Seed, new PackedRows(options.Rows, options.Length));
        _inputs = new RowInputs(options.Rows * options.Length);
        _byKey = new(_inputs.ByKey) { [MarginsKey] = TensorData.Zeros(DType.F32, Pairs) };
        var reader = new PreferenceReader(model.Tokenizer, model.ChatTemplate);
        var (trained, heldOut) = (new List<PreferencePair>(), new List<PreferencePair>());
        foreach (var source in data)
        {
            foreach (var (index, pair) in source.Files.SelectMany(path => reader.Read(path, options.Length + 1)).Index())
            {
                var isHeldOut = Data.Hash.Uniform(Data.Hash.Of(_seed, (ulong)index)) < source.HeldOut.Share;
                (isHeldOut ? heldOut : trained).Add(pair);
            }
        }

        if (trained.Count == 0)
        {
            throw new InvalidDataException("there is no pair of answers to train on; give more, or hold out less");
        }

        (_trained, _heldOut) = ([.. trained], [.. heldOut]);
        (_trainedMargins, _heldOutMargins) = MarginsNow(model, options);
    }

    public override int Rows => _batch.Rows;

    public override int Length => _batch.Length;

    public override DataPosition Position
    {
        get => new(_taken, [_taken]);
        set => _taken = value.Drawn;
    }

    public override double Weight => _pairsIn;

    public override IReadOnlyDictionary<string, TensorData> Inputs => _byKey;

    public override string DataFacts => $"{_trained.Length} pairs, {_heldOut.Length} held out";

    private int Pairs => _batch.Rows / 2;

    private int _pairsIn; // of the batch that was filled last

    public override Tensor LossOf(TrainingGraph graph, TrainingBatch batch, long vocabulary)
    {
        var margins = Margins(graph, vocabulary); // (pairs, 1)
        var before = Tensor.Input(MarginsKey, DType.F32, [Pairs]).Reshape([Pairs, 1]);
        var gain = (margins - before) * _beta;

        // -log s(x) = log(1 + exp(-|x|)) + max(-x, 0); a pair that is not there counts nothing.
        var loss = ((-gain.Abs()).Exp() + 1).Log() + Tensor.Max(-gain, Tensor.Scalar(0));
        var counts = RowInputs.Weights(Rows * Length).Reshape([Rows, Length]).Sum(-1).Reshape([Pairs, 2]).Sum(-1);
        return (Tensor.Min(counts, Tensor.Scalar(1)) * loss).Reshape([1, Pairs]).Sum(-1).Reshape([1]);
    }

    public override void Fill(double progress)
    {
        var pairs = new (PreferencePair, double)[Pairs];
        for (var i = 0; i < pairs.Length; i++)
        {
            var (epoch, place) = Math.DivRem(_taken++, _trained.Length);
            var index = new Permutation(_trained.Length, Data.Hash.Of(_seed, (ulong)epoch)).At(place);
            pairs[i] = (_trained[index], _trainedMargins[index]);
        }

        Lay(pairs);
    }

    public override IEnumerable<string> FillHeldOut(long mostTokens)
    {
        var most = Math.Max(1, mostTokens / (2L * Length));
        foreach (var pairs in _heldOut.Zip(_heldOutMargins).Take((int)Math.Min(most, int.MaxValue)).Chunk(Pairs))
        {
            Lay(pairs);
            yield return "pairs";
        }
    }

    public override void Dispose()
    {
    }

    // How much likelier the chosen answers are: (pairs, 1).
    private Tensor Margins(TrainingGraph graph, long vocabulary)
    {
        var tokens = Rows * Length;
        var losses = TokenLoss.PerToken(graph, RowInputs.Targets(tokens), vocabulary).Reshape([Rows, Length]);
        var answers = (losses * RowInputs.Weights(tokens).Reshape([Rows, Length])).Sum(-1).Reshape([Pairs, 2]);
        return answers.Slice(1, 1, 1) - answers.Slice(1, 0, 1);
    }

    private void Lay(ReadOnlySpan<(PreferencePair Pair, double Margin)> pairs)
    {
        _batch.Clear();
        _pairsIn = pairs.Length;
        var filler = new RowFiller(_batch);
        var margins = _byKey[MarginsKey].AsSpan<float>();
        margins.Clear();
        for (var i = 0; i < pairs.Length; i++)
        {
            margins[i] = (float)pairs[i].Margin;
            foreach (var answer in (Document[])[pairs[i].Pair.Chosen, pairs[i].Pair.Rejected])
            {
                var isFull = answer.Tokens.Length - 1 == Length;
                filler.Add(answer);
                if (!isFull) filler.EndRow();
            }
        }

        _inputs.Take(_batch);
    }

    private (double[] Trained, double[] HeldOut) MarginsNow(TrainedModel model, TrainingOptions options)
    {
        var batch = new TrainingBatch(Rows, Length);
        var graph = TrainingGraph.Build(model.Name, model.Configuration, model.Weights, batch, options.Products);
        var whole = new Graph(Margins(graph, model.Configuration.VocabularySize).Node);
        using var executable = new Ashlar.Tensors.Runtime.Executable(whole, options.Threads);
        var keys = whole.Inputs.Select(node => node.Label!).ToHashSet();
        foreach (var (key, data) in model.Weights.Concat(_byKey))
        {
            if (keys.Contains(key)) executable.Bind(key, data);
        }

        return (Of(_trained), Of(_heldOut));

        double[] Of(PreferencePair[] all)
        {
            var margins = new List<double>(all.Length);
            foreach (var pairs in all.Chunk(Pairs))
            {
                Lay([.. pairs.Select(pair => (pair, 0.0))]);
                executable.Run();
                margins.AddRange(executable.Output(0).AsSpan<float>()[..pairs.Length].ToArray().Select(margin => (double)margin));
            }

            return [.. margins];
        }
    }
}

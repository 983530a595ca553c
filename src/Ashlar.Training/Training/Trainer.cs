using System.Diagnostics;
using Ashlar.Tensors;
using Ashlar.Training.Checkpoints;
using Ashlar.Training.Data;
using Ashlar.Training.Distributed;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Training;

/// <summary>
/// Makes the steps of a run: batches are computed and their gradients added up, the optimizer moves the parameters. Every step
/// follows to the bit from what <see cref="Checkpoint"/> holds, whatever threads there are.
/// </summary>
internal sealed unsafe class Trainer : IDisposable
{
    private readonly TrainedModel _model;
    private readonly TrainingOptions _options;
    private readonly Objective _objective;
    private readonly LossGraph _graph;
    private readonly GradientNorm _norm;
    private readonly DropoutKeys? _dropout;
    private readonly Dictionary<Parameter, int> _places; // among the parameters
    private readonly GroupStep? _group;
    private readonly int _processes, _firstBatch; // of this process in a step
    private LossGraph? _evaluation;

    /// <summary>Compiles the model's graph.</summary>
    /// <param name="model">The model; its weights are copied where they are trained.</param>
    /// <param name="options">How to train.</param>
    /// <param name="objective">What to train for; the trainer disposes it.</param>
    /// <param name="group">The processes that make each step together, from the same data; null for this one alone.</param>
    public Trainer(TrainedModel model, TrainingOptions options, Objective objective, ProcessGroup? group = null)
    {
        (_model, _options, _objective) = (model, options, objective);
        (_processes, _firstBatch) = (group?.Count ?? 1, (group?.Rank ?? 0) * options.Accumulation);
        var leaves = LossGraph.Trained(model, options, out _, out _, dropout: 0);
        Parameters = new ParameterSet(leaves.Select(
            leaf => KeyValuePair.Create(leaf.Key, leaf.Value.Shape.Select(size => size.Value).ToArray())));
        _places = Parameters.All.Index().ToDictionary(item => item.Item, item => item.Index);
        foreach (var parameter in Parameters.All) FirstValues.Fill(parameter, ValueOf(parameter), model, options.Seed);
        Optimizer = options.Optimizer(Parameters);
        if (group is { Count: > 1 })
        {
            _group = new GroupStep(group, Parameters);
            Optimizer.Owns = _group.Owns;
        }

        if (options.Average > 0) Average = new WeightAverage(Parameters, options.Average);
        _norm = new GradientNorm(Parameters);
        if (options.Dropout > 0) _dropout = new DropoutKeys(options.Rows * options.Length, options.Seed);
        _graph = Compile(_dropout?.Data, withGradients: true);
    }

    /// <summary>What is trained.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>What moves it.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The moving average of the parameters; null for none.</summary>
    public WeightAverage? Average { get; }

    /// <summary>Where the data stand.</summary>
    public DataPosition Position
    {
        get => _objective.Position;
        set => _objective.Position = value;
    }

    /// <summary>Makes a step.</summary>
    /// <exception cref="TrainingException">The loss or a gradient is not finite; the parameters are as they were.</exception>
    public StepReport Step()
    {
        var (started, step) = (Stopwatch.GetTimestamp(), Optimizer.Steps);
        var (losses, weight) = (new float[_options.Accumulation], 0.0);
        var progress = step / (double)_options.Schedule.Steps; // the same for all batches of the step
        for (var batch = 0; batch < _options.Accumulation * _processes; batch++)
        {
            // Every process goes through all data, and computes what is its own.
            _objective.Fill(progress);
            weight += _objective.Weight;
            var own = batch - _firstBatch;
            if (own < 0 || own >= losses.Length) continue;
            _dropout?.Fill(step, batch);
            // Behind the last batch, gradients go to the other processes while those of earlier layers are computed.
            var sends = _group is not null && own == losses.Length - 1;
            losses[own] = (float)_graph.Run(sends ? place => Send(place, isFirst: own == 0) : null);
            if (!float.IsFinite(losses[own])) throw Failure($"step {step + 1}: the loss is {losses[own]}");
            if (!sends) TakeGradients(isFirst: own == 0);
        }

        if (_group is not null)
        {
            _group.Wait();
            losses = _group.Collect(losses);
        }

        var loss = losses.Sum(sum => (double)sum);
        var scale = 1 / weight;
        var norm = _norm.Compute(_graph.ForEach) * scale;
        if (!double.IsFinite(norm))
        {
            throw Failure(
                $"step {step + 1}: the gradient of tensor '{_norm.FindNotFinite()?.Name ?? "of all tensors"}' is not finite");
        }

        if (_options.ClipNorm > 0 && norm > _options.ClipNorm) scale *= _options.ClipNorm / norm;
        var rate = _options.LearningRate * _options.Schedule.At(step);
        Optimizer.Step(rate, scale, _graph.ForEach);
        _group?.ShareValues();
        Average?.Add(Optimizer.Steps, _graph.ForEach);
        var tokens = (long)_options.Accumulation * _processes * _options.Rows * _options.Length;
        return new StepReport(
            step + 1, loss / weight, rate, norm, tokens, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Whether something is so on any of the processes; all of a group ask at once.</summary>
    public bool IsAny(bool own) => _group?.Collect([own ? 1 : 0]).Any(other => other > 0) ?? own;

    /// <summary>Whether all processes of a group are about to make the same steps from the same data; all ask at once.</summary>
    public bool Agree(long step, string data) => _group?.Agree(Hash.Of(Hash.Of(data), (ulong)step)) ?? true;

    /// <summary>
    /// Brings all of the optimizer's states to this process, as a checkpoint needs them; all processes of a group do so at once.
    /// </summary>
    public void CollectStates() => _group?.ShareStates(Optimizer);

    /// <summary>Computes the loss of what is held out, of each source by itself.</summary>
    /// <param name="mostTokens">How many tokens of a source to predict at most.</param>
    public IReadOnlyList<EvaluationReport> Evaluate(long mostTokens)
    {
        _evaluation ??= Compile(keys: null, withGradients: false);
        var sums = new OrderedDictionary<string, (double Loss, double Weight)>();
        foreach (var source in _objective.FillHeldOut(mostTokens))
        {
            if (_objective.Weight == 0) continue;
            var (loss, weight) = sums.GetValueOrDefault(source);
            sums[source] = (loss + _evaluation.Run(), weight + _objective.Weight);
        }

        return [.. sums.Select(
            sum => new EvaluationReport(Optimizer.Steps, sum.Key, sum.Value.Loss / sum.Value.Weight, sum.Value.Weight))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _graph.Dispose();
        _evaluation?.Dispose();
        (Optimizer as IDisposable)?.Dispose();
        _objective.Dispose();
    }

    // The other processes end with the same message.
    private TrainingException Failure(string message)
    {
        _group?.Abandon(message);
        return new TrainingException(message);
    }

    private TensorData ValueOf(Parameter parameter) => ParameterSet.Of(Parameters.Values, parameter);

    private LossGraph Compile(TensorData? keys, bool withGradients) => LossGraph.Compile(
        _model, _options, _objective, Parameters.All.ToDictionary(parameter => parameter.Name, ValueOf), keys, withGradients);

    // The sum of the batches is made in their order.
    private void TakeGradients(bool isFirst)
    {
        var outputs = Parameters.All.Select((_, place) => _graph.GradientOf(place)).ToArray();
        _graph.ForEach(Parameters.Parts.Length, index =>
        {
            var (parameter, start, length) = Parameters.Parts[index];
            var first = start - parameter.Start;
            Take(outputs[_places[parameter]], parameter, first, (int)Math.Min(length, parameter.Elements - first), isFirst);
        });
        GC.KeepAlive(outputs);
    }

    private void Send(int place, bool isFirst)
    {
        const int Run = 1 << 20;
        var parameter = Parameters.All[place];
        var gradient = _graph.GradientOf(place);
        for (var first = 0L; first < parameter.Elements; first += Run)
        {
            Take(gradient, parameter, first, (int)Math.Min(Run, parameter.Elements - first), isFirst);
        }

        _group!.AddUp(parameter);
    }

    private void Take(TensorData gradient, Parameter parameter, long first, int length, bool isFirst)
    {
        var from = new ReadOnlySpan<float>((float*)gradient.Pointer + first, length);
        var sum = new Span<float>((float*)Parameters.Gradients.Pointer + parameter.Start + first, length);
        if (isFirst) from.CopyTo(sum);
        else VectorSum.Add(sum, from);
    }
}

using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Autodiff;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;

namespace Ashlar.Training;

/// <summary>A compiled graph of the loss, alone or with its gradients.</summary>
internal sealed class LossGraph : IDisposable
{
    private readonly Executable _executable;

    private LossGraph(Executable executable) => _executable = executable;

    /// <summary>The leaves that are trained, by name, as a graph of these options has them.</summary>
    public static OrderedDictionary<string, Tensor> Trained(
        TrainedModel model, TrainingOptions options, out TrainingGraph graph, out TrainingBatch batch, double dropout)
    {
        batch = new TrainingBatch(options.Rows, options.Length, dropout, options.Lora);
        graph = TrainingGraph.Build(model.Name, model.Configuration, model.Weights, batch, options.Products);
        if (options.Lora is null) return graph.Weights;
        if (graph.Adapters.Count > 0) return graph.Adapters;
        throw new ArgumentException("no linear layer of the model matches the LoRA's layers; layers are called 'attn_q', 'ffn_up' "
            + "and so on, with 'blk.N.' before them");
    }

    /// <summary>Compiles the graph of an objective.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options.</param>
    /// <param name="objective">What the loss is of.</param>
    /// <param name="values">The memory of each trained leaf.</param>
    /// <param name="keys">The memory of the dropout's keys; null for a graph that drops nothing.</param>
    /// <param name="withGradients">Whether the gradients of the trained leaves are computed too, in their order.</param>
    public static LossGraph Compile(TrainedModel model, TrainingOptions options, Objective objective,
        IReadOnlyDictionary<string, TensorData> values, TensorData? keys, bool withGradients)
    {
        var trained = Trained(model, options, out var graph, out var batch, keys is null ? 0 : options.Dropout);
        var loss = objective.LossOf(graph, batch, model.Configuration.VocabularySize);
        var gradients = withGradients ? Gradient.Of(loss.Node, [.. trained.Values.Select(leaf => leaf.Node)]) : [];
        var whole = new Graph([loss.Node, .. gradients]);
        var executable = new Executable(whole, options.Threads);
        try
        {
            var inputs = whole.Inputs.Select(node => node.Label!).ToHashSet();
            foreach (var (name, data) in model.Weights.Concat(objective.Inputs))
            {
                if (inputs.Contains(name)) executable.Bind(name, values.GetValueOrDefault(name) ?? data);
            }

            foreach (var (name, data) in values.Where(value => !model.Weights.ContainsKey(value.Key)))
            {
                if (inputs.Contains(name)) executable.Bind(name, data);
            }

            if (keys is not null) executable.Bind("dropout", keys);
            return new LossGraph(executable);
        }
        catch
        {
            executable.Dispose();
            throw;
        }
    }

    /// <summary>Computes the loss of the batch that the objective's inputs hold.</summary>
    /// <param name="gradientReady">
    /// Told the place of each leaf whose gradient is final, while those of others are still to come; or null.
    /// </param>
    public double Run(Action<int>? gradientReady = null)
    {
        if (gradientReady is null) _executable.Run();
        else
        {
            _executable.Run(output =>
            {
                if (output > 0) gradientReady(output - 1);
            });
        }

        return _executable.Output(0).AsSpan<float>()[0];
    }

    /// <summary>A gradient of the last run, by the place of its leaf; valid until the next run.</summary>
    public TensorData GradientOf(int leaf) => _executable.Output(leaf + 1);

    /// <summary>The threads that compute.</summary>
    public void ForEach(int count, Action<int> call) => _executable.ForEach(count, call);

    public void Dispose() => _executable.Dispose();
}

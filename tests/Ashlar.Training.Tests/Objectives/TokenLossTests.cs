using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Objectives;
using Ashlar.Training.Tests.Models;

namespace Ashlar.Training.Tests.Objectives;

public class TokenLossTests
{
    private const int Tokens = 12;

    [Fact]
    public void The_loss_is_the_weighted_sum_of_the_targets_negative_log_probabilities()
    {
        var shape = TinyModel.Shape("llama");
        var weights = TinyModel.Weights(shape, seed: 1);
        var batch = new TrainingBatch(2, 6);
        var graph = TrainingGraph.Build("m", shape.Configure(), weights, batch);
        var sum = TokenLoss.Sum(graph, RowInputs.Targets(Tokens), RowInputs.Weights(Tokens), TinyModel.Vocabulary);
        var each = TokenLoss.PerToken(graph, RowInputs.Targets(Tokens), TinyModel.Vocabulary);
        using var executable = new Executable(new Graph(sum.Node, each.Node, graph.LogitsOf(graph.Rows).Node));
        var random = new Random(2);
        int[] targets = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(TinyModel.Vocabulary))];
        float[] counts = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(3) / 2f)];
        foreach (var (name, data) in weights) executable.Bind(name, data);
        executable.Bind("tokens", TensorData.From<int>([.. targets.Reverse()]));
        executable.Bind("positions", TensorData.From<int>([.. Enumerable.Range(0, Tokens).Select(place => place % 6)]));
        executable.Bind("segments", TensorData.From<int>(new int[Tokens]));
        executable.Bind("targets", TensorData.From<int>(targets));
        executable.Bind("weights", TensorData.From<float>(counts));
        executable.Run();

        var logits = executable.Output(2).AsSpan<float>();
        var expected = 0.0;
        for (var token = 0; token < Tokens; token++)
        {
            var row = logits.Slice(token * TinyModel.Vocabulary, TinyModel.Vocabulary).ToArray();
            var loss = Math.Log(row.Sum(logit => Math.Exp(logit))) - row[targets[token]];
            Assert.Equal(loss, executable.Output(1).AsSpan<float>()[token], 1e-4);
            expected += loss * counts[token];
        }

        Assert.Equal(expected, executable.Output(0).AsSpan<float>()[0], 1e-3);
    }
}

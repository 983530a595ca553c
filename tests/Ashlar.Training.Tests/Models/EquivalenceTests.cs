using Ashlar.Models;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Tests.Data;

namespace Ashlar.Training.Tests.Models;

public class EquivalenceTests
{
    private const int Rows = 2, Length = 24;

    public static TheoryData<string> Names => [.. TinyModel.Names];

    // Two sequences lie in the first row and one in the second; each is served alone.
    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_of_the_training_graph_are_those_of_the_serving_graph_to_1e_4_of_their_size(string name)
    {
        using var folder = new TemporaryFolder();
        var shape = TinyModel.Shape(name);
        var weights = TinyModel.Weights(shape, seed: 3);
        var path = folder.Of("model.gguf");
        TrainedModelFile.Write(path, TrainedModelFile.Describe(name, shape, TinyModel.Tokenizer()), weights, DType.F32);
        using var model = LanguageModel.Load(path);
        Assert.Equal(shape.Configure().ToString(), model.Configuration.ToString());

        int[] ends = [7, 24, 48];
        var random = new Random(4);
        int[] tokens = [.. Enumerable.Range(0, Rows * Length).Select(_ => random.Next(TinyModel.Vocabulary))];
        int[] segments = [.. tokens.Select((_, place) => place < 7 ? 1 : place < 24 ? 2 : 1)];
        int[] positions = [.. tokens.Select((_, place) => place < 7 ? place : place < 24 ? place - 7 : place - 24)];
        var trained = Logits(model, weights, tokens, segments, positions);

        var start = 0;
        foreach (var end in ends)
        {
            var served = ServedLogits.Of(model, tokens[start..end]);
            var own = trained.AsSpan(start * TinyModel.Vocabulary, served.Length);
            var size = served.Max(Math.Abs);
            for (var i = 0; i < served.Length; i++)
            {
                Assert.True(Math.Abs(served[i] - own[i]) <= 1e-4 * size,
                    $"{name}: logit {i} of the sequence at {start} is {own[i]}, and {served[i]} where it is served");
            }

            start = end;
        }
    }

    private static float[] Logits(
        LanguageModel model, Dictionary<string, TensorData> weights, int[] tokens, int[] segments, int[] positions)
    {
        var batch = new TrainingBatch(Rows, Length);
        var graph = TrainingGraph.Build(model.Name, model.Configuration, weights, batch);
        using var executable = new Executable(new Graph(graph.LogitsOf(graph.Rows).Node));
        executable.Bind("tokens", TensorData.From<int>(tokens));
        executable.Bind("segments", TensorData.From<int>(segments));
        executable.Bind("positions", TensorData.From<int>(positions));

        foreach (var name in graph.Weights.Keys) executable.Bind(name, weights[name]);
        executable.Run();
        return executable.Output(0).AsSpan<float>().ToArray();
    }
}

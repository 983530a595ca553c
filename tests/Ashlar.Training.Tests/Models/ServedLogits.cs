using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Training.Tests.Models;

/// <summary>Logits as the serving graph computes them.</summary>
internal static class ServedLogits
{
    /// <summary>The logits of every token of one sequence, (tokens, vocabulary).</summary>
    public static float[] Of(LanguageModel model, int[] tokens)
    {
        const int Block = 16;
        var blocks = (tokens.Length + Block - 1) / Block;
        using var executable = new Executable(model.BuildGraph(new Batch(Block)));
        int[] places = [.. Enumerable.Range(0, tokens.Length)];
        Bind("tokens", tokens);
        Bind("positions", places);
        Bind("slots", places);
        Bind("outputs", places);
        Bind("sequences", new int[tokens.Length]);
        executable.Bind("block_table", TensorData.From<int>([.. Enumerable.Range(0, blocks)], 1, blocks));
        var configuration = model.Configuration;
        for (var layer = 0; layer < configuration.Layers; layer++)
        {
            executable.Bind(Batch.KeyCache(layer),
                TensorData.Zeros(DType.F32, blocks * Block, configuration.KeyHeads, configuration.HeadSize));
            executable.Bind(Batch.ValueCache(layer),
                TensorData.Zeros(DType.F32, blocks * Block, configuration.KeyHeads, configuration.ValueSize));
        }

        executable.Run();
        return executable.Output(0).AsSpan<float>().ToArray();

        void Bind(string key, int[] values) => executable.Bind(key, TensorData.From<int>(values));
    }
}

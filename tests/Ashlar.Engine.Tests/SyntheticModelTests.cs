using Ashlar.Models;

namespace Ashlar.Engine.Tests;

public class SyntheticModelTests
{
    [Theory]
    [InlineData("synthetic:gemma3-tiny:q4_k_m")]
    [InlineData("synthetic:gpt2-tiny:f16")]
    [InlineData("synthetic:llama-tiny:q4_0")]
    [InlineData("synthetic:qwen2-tiny:mxfp4")]
    [InlineData("synthetic:qwen3-tiny:bf16")]
    public void A_tiny_model_runs_and_a_written_one_has_the_same_logits_and_metadata(string name)
    {
        var path = Path.Combine(Path.GetTempPath(), $"ashlar-{Guid.NewGuid():N}.gguf");
        try
        {
            using var made = LanguageModel.Load(name);
            made.WriteGguf(path);
            using var read = LanguageModel.Load(path);
            Assert.Equal(("synthetic", "gguf"), (made.Format, read.Format));
            Assert.Equal(
                made.Metadata!.Select(pair => $"{pair.Key} {pair.Value}"),
                read.Metadata!.Select(pair => $"{pair.Key} {pair.Value}"));
            Assert.Equal(
                made.Tensors.Select(pair => $"{pair.Key} {pair.Value}"), read.Tensors.Select(pair => $"{pair.Key} {pair.Value}"));

            var logits = Logits(made);
            Assert.Equal(logits, Logits(read));
            Assert.All(logits, logit => Assert.True(float.IsFinite(logit)));
            // as of a trained model: neither flat nor certain
            Assert.InRange(logits.Average(logit => (double)logit * logit), 0.1, 10);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[] Logits(LanguageModel model)
    {
        using var pass = new ForwardPass(model, contextLength: 48, threads: 2);
        var logits = new float[8 * pass.Vocabulary];
        pass.RunAll([1, 2, 3, 500, 600, 700, 800, 1000], 0, logits);
        return logits;
    }
}

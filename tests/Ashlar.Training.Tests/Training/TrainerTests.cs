using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Tests.Data;

namespace Ashlar.Training.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("gemma3")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("mistral3")]
    [InlineData("llama-experts")]
    [InlineData("qwen3moe")]
    public void Every_architecture_learns_to_count(string name)
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options(steps: 40), TinyRun.Model(name));
        var losses = Enumerable.Range(0, 40).Select(_ => trainer.Step().Loss).ToArray();
        Assert.InRange(losses[0], Math.Log(1024) - 0.3, Math.Log(1024) + 0.3);
        Assert.True(losses[^1] < 3.6, $"the loss went from {losses[0]} to {losses[^1]}");
        var evaluation = Assert.Single(trainer.Evaluate(mostTokens: 256));
        Assert.InRange(evaluation.Loss, 0.1, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Computing_layers_twice_changes_no_bit_of_a_run(bool isLora)
    {
        var options = TinyRun.Options() with { Dropout = 0.1 };
        if (isLora) options = options with { Lora = new LoraForm(_ => true, Rank: 4, Alpha: 8) };
        Assert.Equal(Reports(isAgain: false), Reports(isAgain: true));

        string[] Reports(bool isAgain)
        {
            using var trainer = TinyRun.Trainer(_folder, options with { Recompute = isAgain });
            return [.. Enumerable.Range(0, 3).Select(_ => (trainer.Step() with { Seconds = 0 }).ToString())];
        }
    }

    [Fact]
    public void Gradients_are_the_slopes_of_the_loss()
    {
        var options = TinyRun.Options() with { Dropout = 0.2 };
        using var trainer = TinyRun.Trainer(_folder, options with { LearningRate = 0 });
        var position = trainer.Position;
        var before = trainer.Step();
        var gradients = trainer.Parameters.Gradients.AsSpan<float>().ToArray();
        var random = new Random(6);
        foreach (var parameter in trainer.Parameters.All)
        {
            // Along a random direction of this tensor alone.
            var values = trainer.Parameters.Values.AsSpan<float>().Slice((int)parameter.Start, (int)parameter.Elements);
            var kept = values.ToArray();
            var direction = kept.Select(_ => (random.NextDouble() - 0.5)).ToArray();
            var slope = direction.Select((step, i) => step * gradients[parameter.Start + i]).Sum() / 64;
            const double Step = 2e-3;
            double[] losses = [.. new[] { -Step, Step }.Select(size =>
            {
                var moved = trainer.Parameters.Values.AsSpan<float>().Slice((int)parameter.Start, (int)parameter.Elements);
                for (var i = 0; i < moved.Length; i++) moved[i] = (float)(kept[i] + (direction[i] * size));
                trainer.Position = position;
                trainer.Optimizer.Steps = 0; // the same elements are dropped
                return trainer.Step().Loss;
            })];
            kept.CopyTo(trainer.Parameters.Values.AsSpan<float>().Slice((int)parameter.Start, (int)parameter.Elements));
            Assert.Equal(slope, (losses[1] - losses[0]) / (2 * Step), 2e-3 + (0.03 * Math.Abs(slope)));
        }

        Assert.True(before.GradientNorm > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Threads_do_not_change_the_bits_of_a_run(int threads)
    {
        var alone = Run(TinyRun.Options() with { Threads = 1, Dropout = 0.1 });
        Assert.Equal(alone, Run(TinyRun.Options() with { Threads = threads, Dropout = 0.1 }));
    }

    [Fact]
    public void Two_batches_added_up_step_as_one_of_twice_the_rows()
    {
        var one = Run(TinyRun.Options() with { Rows = 4 });
        var two = Run(TinyRun.Options() with { Rows = 2, Accumulation = 2 });
        for (var i = 0; i < one.Length; i++) Assert.Equal(one[i], two[i], 2e-3);
    }

    [Fact]
    public void Products_of_bfloat16_train_nearly_as_those_of_float32()
    {
        using var exact = TinyRun.Trainer(_folder, TinyRun.Options());
        using var rounded = TinyRun.Trainer(_folder, TinyRun.Options() with { Products = DType.BF16 });
        for (var step = 0; step < 10; step++) Assert.Equal(exact.Step().Loss, rounded.Step().Loss, 0.05);
    }

    [Fact]
    public void Clipped_gradients_are_no_longer_than_the_clip()
    {
        var options = TinyRun.Options() with
        {
            ClipNorm = 0.01,
            Optimizer = parameters => new MomentumSgd(parameters, WeightDecay.None, momentum: 0),
        };
        using var trainer = TinyRun.Trainer(_folder, options);
        var before = trainer.Parameters.Values.AsSpan<float>().ToArray();
        var report = trainer.Step();
        Assert.True(report.GradientNorm > 0.01);
        var moved = trainer.Parameters.Values.AsSpan<float>().ToArray().Zip(before, (now, then) => (double)now - then);
        Assert.Equal(0.01 * report.LearningRate, Math.Sqrt(moved.Sum(step => step * step)), 1e-6);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_with_the_step()
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options());
        trainer.Step();
        var norm = trainer.Parameters["blk.1.ffn_norm.weight"];
        trainer.Parameters.Values.AsSpan<float>()[(int)norm.Start] = float.NaN;
        var before = trainer.Parameters.Values.AsSpan<byte>().ToArray();
        Assert.Contains("step 2", Assert.Throws<TrainingException>(() => trainer.Step()).Message, StringComparison.Ordinal);
        Assert.Equal(before, trainer.Parameters.Values.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Dropout_leaves_out_its_share_and_evaluation_none()
    {
        using var dropping = TinyRun.Trainer(_folder, TinyRun.Options() with { Dropout = 0.5, LearningRate = 0 });
        using var plain = TinyRun.Trainer(_folder, TinyRun.Options() with { LearningRate = 0 });
        Assert.NotEqual(plain.Step().Loss, dropping.Step().Loss);
        Assert.Equal(plain.Evaluate(128)[0].Loss, dropping.Evaluate(128)[0].Loss);
    }

    public void Dispose() => _folder.Dispose();

    private float[] Run(TrainingOptions options)
    {
        using var trainer = TinyRun.Trainer(_folder, options);
        for (var step = 0; step < 4; step++) trainer.Step();
        return trainer.Parameters.Values.AsSpan<float>().ToArray();
    }
}

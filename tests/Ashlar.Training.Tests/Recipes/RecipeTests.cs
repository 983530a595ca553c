using Ashlar.Tensors;
using Ashlar.Training.Data;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Recipes;
using Ashlar.Training.Schedules;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Optimizers;

namespace Ashlar.Training.Tests.Recipes;

public sealed class RecipeTests : IDisposable
{
    private const string Least = """
        model: {width: 64, layers: 2, heads: 4, context: 128}
        tokenizer: t.gguf
        data:
          - files: a.txt
        steps: 1_000
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var recipe = Read(Least);
        Assert.Equal(("recipe", 8, 256), (recipe.Name, recipe.Training.Rows, recipe.Training.Length));
        Assert.Equal(Path.Combine(_folder.Path, "runs/recipe/recipe.gguf"), recipe.Output);
        var shape = recipe.Model.ShapeOf!(300);
        Assert.Equal(("llama", 300, 16, 192), (shape.Architecture, shape.VocabularySize, shape.HeadSize, shape.FeedForward));
        Assert.IsType<CosineSchedule>(recipe.Training.Schedule);
        Assert.IsType<AdamW>(recipe.Training.Optimizer(OptimizerCase.Parameters(1)));
    }

    [Fact]
    public void Every_key_is_taken()
    {
        var recipe = Read("""
            name: all
            seed: 3
            model: {from: base.gguf}
            data:
              - {files: [a.jsonl, b.jsonl], format: chat, field: m, weight: 2, until: 0.5, held_out: 0.2,
                held_out_by: last, name: x}
              - {files: c.txt, separator: "<|end|>"}
            batch: {rows: 3, length: 77, accumulation: 2}
            steps: 50
            optimizer: {name: muon, rate: 2e-2, weight_decay: 0.01, decay_embeddings: true, clip: 0.5, momentum: 0.9,
              beta1: 0.8, beta2: 0.9, epsilon: 1e-9}
            schedule: {shape: wsd, warmup: 5, decay: 20, floor: 0.05}
            precision: bf16
            dropout: 0.1
            average: 0.99
            lora: {layers: [attn_q, "ffn_*"], rank: 4, alpha: 9}
            evaluate: {every: 10, tokens: 99}
            checkpoint: {every: 5, keep: 7}
            output: {folder: out, model: m.gguf, type: q8_0}
            """);
        Assert.Equal([_folder.Of("a.jsonl"), _folder.Of("b.jsonl")], recipe.Data[0].Files);
        Assert.Equal((DataFormat.Chat, "m", 2.0, new HeldOut(0.2, HeldOutMethod.Last)),
            (recipe.Data[0].Format, recipe.Data[0].Field, recipe.Data[0].Weight, recipe.Data[0].HeldOut));
        Assert.Equal([0.5, 1.0], recipe.Data.Select(source => source.Until));
        Assert.Equal("<|end|>", recipe.Data[1].Separator);
        Assert.Equal((3, 77, 2, DType.BF16), (recipe.Training.Rows, recipe.Training.Length, recipe.Training.Accumulation,
            recipe.Training.Products));
        var lora = recipe.Training.Lora!;
        Assert.Equal((4, 9.0), (lora.Rank, lora.Alpha));
        Assert.Equal([true, true, false],
            ((string[])["blk.0.attn_q", "blk.11.ffn_up", "blk.0.attn_k"]).Select(layer => lora.Takes(layer)));
        var schedule = Assert.IsType<StableSchedule>(recipe.Training.Schedule);
        Assert.Equal((1.0, 0.05), (schedule.At(29), Math.Round(schedule.At(49), 9)));
        using var muon = Assert.IsType<Muon>(recipe.Training.Optimizer(OptimizerCase.Parameters(1)));
        Assert.Equal(0.3, Read(Least + "\npreference: {beta: 0.3}").Preference);
        Assert.Equal((10L, 99L, 5L, 7), (recipe.EvaluateEvery, recipe.EvaluateTokens,
            recipe.CheckpointEvery, recipe.CheckpointsKept));
        Assert.Equal((_folder.Of("out/m.gguf"), DType.Q8_0), (recipe.Output, recipe.OutputType));
    }

    [Theory]
    [InlineData("\noptimiser: {rate: 1}", "line 6", "did you mean 'optimizer'?")]
    [InlineData("\noptimizer:\n  rat: 1", "line 7", "did you mean 'optimizer.rate'?")]
    [InlineData("\noptimizer: {rate: fast}", "line 6", "'optimizer.rate' is 'fast'")]
    [InlineData("\noptimizer: {rate: -1}", "line 6", "from 0 to 1000")]
    [InlineData("\nbatch: 8", "line 6", "keys with values")]
    [InlineData("\nbatch: {rows: 1.5}", "line 6", "a whole number")]
    [InlineData("\nprecision: fp8", "line 6", "one of f32, bf16")]
    [InlineData("\nschedule: {warmup: 2000}", "line 6", "from 0 to 1000")]
    [InlineData("\nschedule: {shape: [}", "line 6", "no YAML")]
    public void A_wrong_key_or_value_is_named_with_its_line(string added, params string[] named)
    {
        var error = Assert.Throws<RecipeException>(() => Read(Least + added));
        foreach (var part in named) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps: 1_000", "", "'steps' is missing")]
    [InlineData("tokenizer: t.gguf", "", "'tokenizer' is missing")]
    [InlineData("width: 64, ", "", "'model.width' is missing")]
    [InlineData("heads: 4", "heads: 5", "no divisor of the width")]
    [InlineData("  - files: a.txt", "  []", "one at least")]
    [InlineData("  - files: a.txt", "  - {files: a.txt, until: 0.5}", "line 4: 'data': every source ends before the run does")]
    [InlineData("  - files: a.txt", "  - {files: a.txt, until: 0}", "'data[0].until' is '0', where a number from 1E-06 to 1")]
    [InlineData("  - files: a.txt", "  - {files: a.txt, until: 1.5}", "'data[0].until' is '1.5'")]
    public void What_is_missing_is_named(string from, string to, string named) => Assert.Contains(
        named, Assert.Throws<RecipeException>(() => Read(Least.Replace(from, to, StringComparison.Ordinal))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("weight: 2")]
    [InlineData("until: 0.5")]
    public void Pairs_for_preferences_are_neither_weighed_nor_ended(string setting)
    {
        var yaml = Least.Replace("files: a.txt", $"files: a.jsonl\n    {setting}", StringComparison.Ordinal);
        if (setting[0] == 'w') Assert.Equal(2, Read(yaml).Data[0].Weight);
        var error = Assert.Throws<RecipeException>(() => Read(yaml + "\npreference: {beta: 0.1}"));
        Assert.Contains(
            $"line 5: 'data[0].{setting.Split(':')[0]}': pairs for preferences", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Read(Least + "\npreference: {beta: 0.1}", "data.0.weight=1", "data.0.until=1").Preference);
    }

    [Fact]
    public void Deep_or_large_text_is_no_recipe()
    {
        Assert.Throws<RecipeException>(() => Read(string.Concat(Enumerable.Repeat("[", 100_000))));
        Assert.Throws<RecipeException>(() => Read(new string('#', 2 << 20)));
        Assert.Throws<RecipeException>(() => Read("just text"));
    }

    [Fact]
    public void Settings_of_the_command_line_go_before_the_files()
    {
        var recipe = Read(Least, "optimizer.rate=2e-2", "data.0.weight=3", "steps=7", "output.folder=/elsewhere");
        Assert.Equal((0.02, 3.0, 7L), (recipe.Training.LearningRate, recipe.Data[0].Weight, recipe.Training.Schedule.Steps));
        Assert.Equal("/elsewhere/recipe.gguf", recipe.Output);
        foreach (var wrong in (string[])["steps", "=3", "data.4.weight=1", "tokenizer.x=1"])
        {
            Assert.Contains(wrong, Assert.Throws<RecipeException>(() => Read(Least, wrong)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Settings_that_a_checkpoint_is_checked_by_are_those_that_decide_bits()
    {
        var first = Read(Least + "\nevaluate: {every: 3}\nthreads: 2").Settings;
        Assert.Equal(first, Read(Least + "\noutput: {folder: x}").Settings);
        Assert.NotEqual(first, Read(Least + "\nseed: 4").Settings);
        Assert.NotEqual(Read(Least, "data.0.until=1").Settings, first);
    }

    public void Dispose() => _folder.Dispose();

    private Recipe Read(string yaml, params string[] settings) => RecipeReader.Read(_folder.Write("recipe.yaml", yaml), settings);
}

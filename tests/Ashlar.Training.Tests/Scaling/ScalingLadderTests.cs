using Ashlar.Models.Training;
using Ashlar.Training.Recipes;
using Ashlar.Training.Scaling;
using Ashlar.Training.Schedules;
using Ashlar.Training.Tests.Models;

namespace Ashlar.Training.Tests.Scaling;

public class ScalingLadderTests
{
    [Fact]
    public void Each_rung_has_about_twice_the_compute_of_the_one_before_and_the_last_a_quarter()
    {
        var shape = TinyModel.Shape("llama") with { Width = 512, Heads = 4, KeyHeads = 4, HeadSize = 128, FeedForward = 1376 };
        var recipe = RecipeOf(shape, steps: 6400);
        var whole = Compute(recipe);
        for (var rung = 0; rung < 5; rung++)
        {
            var small = ScalingLadder.Rung(recipe, recipe.Model.ShapeOf!, rung);
            var share = Compute(small) / whole;
            Assert.InRange(share * (4 << (4 - rung)), 0.8, 1.6); // embeddings do not shrink with the square of the width
            Assert.NotEqual(recipe.Output, small.Output);
            _ = small.Model.ShapeOf!(1024).Configure(); // is one that can be built
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Schedules_of_another_length_have_the_same_shape(int steps)
    {
        foreach (var schedule in (Schedule[])
            [new CosineSchedule(100, 10, 0.1), new LinearSchedule(100, 10, 0.1), new StableSchedule(100, 10, 20, 0.1),
                new ConstantSchedule(100, 10)])
        {
            var scaled = schedule.Over(steps);
            Assert.Equal((steps, steps / 10), (scaled.Steps, scaled.WarmupSteps));
            Assert.Equal(schedule.At(99), scaled.At(steps - 1), 9);
            Assert.Equal(schedule.At(50), scaled.At(steps / 2), 0.08);
        }
    }

    private static double Compute(Recipe recipe)
    {
        var weights = recipe.Model.ShapeOf!(1024).Tensors()
            .Where(tensor => tensor.Key != "token_embd.weight").Sum(tensor => tensor.Value.Aggregate(1.0, (a, b) => a * b));
        return weights * recipe.Training.Schedule.Steps;
    }

    private static Recipe RecipeOf(ModelShape shape, long steps) => new()
    {
        Name = "big",
        Model = new RecipeModel(null, _ => shape, "tokenizer.gguf", null),
        Data = [],
        Training = new TrainingOptions { Schedule = new CosineSchedule(steps, steps / 20) },
        Folder = "/runs/big",
        Output = "/runs/big/big.gguf",
        OutputType = Ashlar.Tensors.DType.F32,
        Settings = new Dictionary<string, string>(),
    };
}

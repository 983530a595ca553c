using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Tests.Optimizers;

public class NormAndAverageTests
{
    [Fact]
    public void The_norm_is_the_root_of_the_sum_of_squares_whatever_the_threads()
    {
        var set = OptimizerCase.Parameters(seed: 1);
        OptimizerCase.NewGradients(set, seed: 2);
        var expected = Math.Sqrt(set.All.Sum(
            parameter => OptimizerCase.Gradients(set, parameter.Name).Sum(value => (double)value * value)));
        var norm = new GradientNorm(set);
        var alone = norm.Compute(OptimizerCase.OnOneThread);
        Assert.Equal(expected, alone, 1e-9);
        Assert.Equal(alone, norm.Compute(OptimizerCase.OnThreads));
        Assert.Null(norm.FindNotFinite());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_gradient_that_is_no_number_is_found_by_its_parameters_name(float value)
    {
        var set = OptimizerCase.Parameters(seed: 1);
        ParameterSet.Of(set.Gradients, set["blk.0.attn_q.bias"]).AsSpan<float>()[410] = value;
        var norm = new GradientNorm(set);
        Assert.False(double.IsFinite(norm.Compute(OptimizerCase.OnOneThread)));
        Assert.Equal("blk.0.attn_q.bias", norm.FindNotFinite()!.Name);
    }

    [Fact]
    public void The_average_follows_the_weights_with_the_memory_it_is_given()
    {
        var set = new ParameterSet([new("a.weight", [3])]);
        var average = new WeightAverage(set, 0.9);
        set.Values.AsSpan<float>()[0] = 1;
        for (var step = 1000; step < 1003; step++) average.Add(step, OptimizerCase.OnOneThread);
        Assert.Equal(1 - (0.9 * 0.9 * 0.9), average.Values.AsSpan<float>()[0], 1e-6);
    }

    [Fact]
    public void The_first_steps_are_averaged_with_less_memory()
    {
        var set = new ParameterSet([new("a.weight", [1])]);
        var average = new WeightAverage(set, 0.999);
        set.Values.AsSpan<float>()[0] = 1;
        average.Add(1, OptimizerCase.OnOneThread);
        Assert.Equal(9.0 / 11, average.Values.AsSpan<float>()[0], 1e-6);
    }
}

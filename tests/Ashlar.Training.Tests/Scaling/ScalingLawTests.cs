using Ashlar.Training.Scaling;

namespace Ashlar.Training.Tests.Scaling;

public class ScalingLawTests
{
    private static readonly double[] Ladder = [1e12, 3e12, 1e13, 3e13, 1e14];

    [Theory]
    [InlineData(1.7, 400, 0.2)]
    [InlineData(0, 90, 0.1)]
    [InlineData(2.5, 1e6, 0.5)]
    public void Runs_that_follow_a_law_give_it_back(double floor, double factor, double exponent)
    {
        var law = ScalingLaw.Fit([.. Ladder.Select(compute => (compute, floor + factor * Math.Pow(compute, -exponent)))]);
        Assert.Equal(exponent, law.Exponent, 3e-3);
        Assert.Equal(floor, law.Floor, 2e-2);
        var (loss, low, high) = law.Predict(4e14);
        Assert.Equal(floor + factor * Math.Pow(4e14, -exponent), loss, 1e-3);
        Assert.InRange(loss, low, high);
    }

    [Fact]
    public void Nine_of_ten_noisy_ladders_have_the_truth_in_their_interval()
    {
        const int Seed = 7, Trials = 400;
        var random = new Random(Seed);
        double Truth(double compute) => 1.5 + 300 * Math.Pow(compute, -0.18);
        var right = Enumerable.Range(0, Trials).Count(_ =>
        {
            var law = ScalingLaw.Fit([.. Ladder.Select(compute => (compute, Truth(compute) * (1 + 0.005 * Normal(random))))]);
            var (_, low, high) = law.Predict(4e14);
            var reached = Truth(4e14) * (1 + 0.005 * Normal(random));
            return low <= reached && reached <= high;
        });
        Assert.InRange(right / (double)Trials, 0.8, 0.99);
    }

    [Fact]
    public void The_interval_is_wider_where_the_runs_are_noisier()
    {
        double Width(double noise)
        {
            double[] signs = [1, -1, 1, -1, 1];
            var law = ScalingLaw.Fit(
                [.. Ladder.Select((compute, i) => (compute, (2 + 100 * Math.Pow(compute, -0.15)) * (1 + noise * signs[i])))]);
            var (_, low, high) = law.Predict(4e14);
            return high - low;
        }

        Assert.True(Width(0.01) > 3 * Width(0.001));
    }

    [Fact]
    public void Too_few_runs_and_runs_that_are_no_numbers_are_refused()
    {
        Assert.Contains("four runs", Refusal((1, 2), (2, 1.5), (4, 1.2)), StringComparison.Ordinal);
        Assert.Contains("four runs", Refusal((1, 2), (1, 1.5), (1, 1.2), (1, 1.1), (1, 1)), StringComparison.Ordinal);
        Assert.Contains("NaN", Refusal((1, 2), (2, 1.5), (4, double.NaN), (8, 1)), StringComparison.Ordinal);
        Assert.Contains("compute 0", Refusal((0, 2), (2, 1.5), (4, 1.2), (8, 1)), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new ScalingLaw(1, 1, 1).Predict(2));
    }

    private static string Refusal(params (double, double)[] runs) =>
        Assert.Throws<ArgumentException>(() => ScalingLaw.Fit(runs)).Message;

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

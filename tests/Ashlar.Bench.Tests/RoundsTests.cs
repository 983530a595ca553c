using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Tests;

public class RoundsTests
{
    [Fact]
    public void Speeds_are_work_over_the_seconds_that_a_trial_says()
    {
        var slow = new Trial("slow", "GB/s", Work: 2e9, count => count * 0.5);
        var fast = new Trial("fast", "GB/s", Work: 2e9, count => count * 0.001);

        var speeds = Rounds.Measure([slow, fast], rounds: 3);

        Assert.Equal([4, 2000], speeds.Select(speed => Math.Round(speed.Median, 6)));
        Assert.All(speeds, speed => Assert.Equal(3, speed.Rounds.Count));
    }

    [Fact]
    public void Trials_alternate()
    {
        var order = "";
        Trial Named(string name) => new(name, "GOPS", 1, _ =>
        {
            order += name;
            return 1;
        });

        Rounds.Measure([Named("a"), Named("b")], rounds: 3);

        Assert.Equal("ab" + "ababab", order); // warmed up, then measured
    }

    [Theory]
    [InlineData(2.0, 3.0, 1.0, 2.0)]
    [InlineData(2.5, 4.0, 1.0, 2.0, 3.0)]
    public void The_median_is_in_the_middle(double median, params double[] numbers) =>
        Assert.Equal(median, Rounds.Median(numbers));
}

using Ashlar.Cli.Training;

namespace Ashlar.Cli.Tests.Training;

public class LossChartTests
{
    [Fact]
    public void A_falling_curve_goes_from_the_first_line_to_the_last()
    {
        var lines = LossChart.Draw([.. Enumerable.Range(0, 400).Select(step => 4.0 - (step / 200.0))], width: 20, height: 5);
        Assert.Equal(5, lines.Count);
        Assert.All(lines, line => Assert.Equal(9 + 20, line.Length));
        Assert.StartsWith("   3.9", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("   2.0", lines[^1], StringComparison.Ordinal);
        Assert.NotEqual('\u2800', lines[0][9]);
        Assert.Equal('\u2800', lines[0][^1]);
        Assert.NotEqual('\u2800', lines[^1][^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(39)]
    public void Few_numbers_and_equal_ones_are_a_curve_too(int count) => Assert.Equal(
        count, LossChart.Draw([.. Enumerable.Repeat(2.5, count)], width: 20, height: 3)
            .Sum(line => line.Sum(letter => letter is >= '\u2800' and < '\u2900'
                ? System.Numerics.BitOperations.PopCount((uint)(letter - '\u2800')) : 0)));
}

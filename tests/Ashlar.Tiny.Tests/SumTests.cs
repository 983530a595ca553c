using System.Globalization;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Sums;

namespace Ashlar.Tiny.Tests;

public class SumTests
{
    private const ulong Seed = 20261126;

    [Fact]
    public void Sums_are_right_alone_in_words_and_worked_out_and_the_check_knows()
    {
        for (var i = 0; i < 5000; i++)
        {
            var draw = Draw.Of(Seed, "sums", i);
            var sum = SumTexts.Draw(draw);
            Assert.InRange(sum.Result, 0, 1998);
            foreach (var answer in (string[])[SumTexts.Ask(sum, draw, i % 2 == 0).Answer, sum.Worked(),
                NumberWords.Of(sum.Result), $"{sum.Result}"])
            {
                Assert.True(SumTexts.IsRight(sum.Result, answer), $"seed {Seed}, {sum}: {answer}");
                Assert.False(SumTexts.IsRight(sum.Result + 1, answer), $"seed {Seed}, {sum}: {answer}");
            }

            Assert.False(SumTexts.IsRight(sum.Result, $"9{sum.Result}"));
            Assert.False(SumTexts.IsRight(sum.Result, $"-{sum.Result}"));
            Assert.False(SumTexts.IsRight(sum.Result, ""));
        }
    }

    [Fact]
    public void Every_step_of_a_worked_sum_is_true()
    {
        for (var i = 0; i < 3000; i++)
        {
            var sum = SumTexts.Draw(Draw.Of(Seed, "worked", i));
            var written = "";
            foreach (var step in sum.Worked().Split(". ").SkipLast(1))
            {
                if (step == "Write 1")
                {
                    written = "1" + written;
                    continue;
                }

                var sides = step.Split(',')[0].Split(" = ");
                var value = 0;
                foreach (var term in sides[0].Replace("- ", "-", StringComparison.Ordinal).Replace("+ ", "",
                    StringComparison.Ordinal).Split(' '))
                {
                    value += int.Parse(term, CultureInfo.InvariantCulture);
                }

                Assert.Equal(value, int.Parse(sides[1], CultureInfo.InvariantCulture));
                written = step.Split("write ")[1][0] + written;
            }

            Assert.Equal(sum.Result, int.Parse(written, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Numbers_in_words_are_read_back()
    {
        for (var number = 0; number < 2000; number++) Assert.Equal(number, NumberWords.Parse(NumberWords.Of(number)));
        Assert.Equal("three hundred and forty-five", NumberWords.Of(345));
        Assert.Equal("one thousand and five", NumberWords.Of(1005));
        Assert.Null(NumberWords.Parse("many"));
    }
}

using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Tests;

public class DrawTests
{
    [Fact]
    public void A_seed_gives_the_same_numbers_on_every_machine()
    {
        var draw = new Draw(1);
        Assert.Equal([70, 52, 57, 39, 69, 14, 7, 38], Enumerable.Range(0, 8).Select(_ => draw.Below(100)));
        Assert.NotEqual(Draw.Of(1, "a", 0).Below(1 << 30), Draw.Of(1, "a", 1).Below(1 << 30));
        Assert.NotEqual(Draw.Of(1, "a", 0).Below(1 << 30), Draw.Of(1, "b", 0).Below(1 << 30));
        Assert.NotEqual(Draw.Of(1, "a", 0).Below(1 << 30), Draw.Of(2, "a", 0).Below(1 << 30));
    }

    [Fact]
    public void All_numbers_come_about_equally_often()
    {
        var (draw, counts) = (new Draw(7), new int[10]);
        for (var i = 0; i < 100_000; i++) counts[draw.Below(10)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void A_phrase_takes_one_of_its_parts_and_fills_its_places()
    {
        var draw = new Draw(3);
        var said = Enumerable.Range(0, 200).Select(_ => Phrase.Say(draw, "[a|b[c|d]|] {x}!", ("x", "[y]"))).ToHashSet();
        Assert.Equal(["a [y]!", "bc [y]!", "bd [y]!", " [y]!"], said.OrderBy(text => text[0] == ' ').ThenBy(text => text,
            StringComparer.Ordinal));
        Assert.Throws<ArgumentException>(() => Phrase.Say(draw, "{y}", ("x", "")));
        Assert.Throws<FormatException>(() => Phrase.Of("[a"));
        Assert.Throws<FormatException>(() => Phrase.Of("a]"));
    }
}

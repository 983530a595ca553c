using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Tests.Sampling;

public class Xoshiro256Tests
{
    /// <summary>The authors' reference implementation, started from 1, 2, 3, 4.</summary>
    [Fact]
    public void Gives_the_published_numbers()
    {
        var generator = new Xoshiro256(1, 2, 3, 4);
        ulong[] expected =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
            16172922978634559625, 8476171486693032832,
        ];
        Assert.Equal(expected, expected.Select(_ => generator.Next()));
    }

    [Fact]
    public void Seeds_are_spread_as_published()
    {
        ulong counter = 1234567;
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431];
        Assert.Equal(expected, expected.Select(_ => Xoshiro256.SplitMix64(ref counter)));
    }

    [Fact]
    public void Uniform_numbers_are_at_least_0_and_under_1()
    {
        var generator = new Xoshiro256(0, ulong.MaxValue / 9, 0, 0);
        for (var i = 0; i < 1000; i++) Assert.InRange(generator.NextUniform(), 0, 1 - (1.0 / (1L << 53)));
    }
}

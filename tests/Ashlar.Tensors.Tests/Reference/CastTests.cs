using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class CastTests
{
    private static readonly DType[] Targets = [DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.Bool];
    private static readonly DType[] Plain = [.. Targets, DType.I8, DType.I16];

    [Fact]
    public void Small_whole_numbers_survive_every_cast()
    {
        foreach (var from in Plain)
        {
            foreach (var to in Targets)
            {
                double[] values = from == DType.Bool || to == DType.Bool ? [0, 1, 1, 0, 1, 0] : [-100, -1, 0, 1, 2, 127];
                AssertClose(values, Run(new Cast(to), Guarded.Of(from, [2, 3], values)), 0);
                AssertClose([values[1]], Run(new Cast(to), Guarded.Of(from, [], values[1])), 0);
                AssertClose([], Run(new Cast(to), Guarded.Of(from, [3, 0])), 0);
            }
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Floats_become_whole_numbers_toward_zero_and_saturate(DType from)
    {
        double[] values = [1.9, -1.9, 0.5, -0.5, 1e10, -1e10, 1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity,
            double.NaN];
        var input = Guarded.Of(from, [values.Length], values);
        Assert.Equal([1, -1, 0, 0, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0],
            Run(new Cast(DType.I32), input).AsSpan<int>().ToArray());
        Assert.Equal(
            [1, -1, 0, 0, 10_000_000_000, -10_000_000_000, long.MaxValue, long.MinValue, long.MaxValue, long.MinValue, 0],
            Run(new Cast(DType.I64), input).AsSpan<long>().ToArray());
    }

    [Fact]
    public void Wide_whole_numbers_saturate_in_narrow_ones()
    {
        var input = TensorData.From<long>([long.MaxValue, long.MinValue, 1L << 31, -(1L << 31), 12]);
        Assert.Equal(
            [int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 12],
            Run(new Cast(DType.I32), input).AsSpan<int>().ToArray());
    }

    [Fact]
    public void Wide_whole_numbers_round_once_into_floats()
    {
        var random = Seeded(4);
        var values = Enumerable.Range(0, 2000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64))
            .ToArray();
        var input = TensorData.From<long>(values);
        Assert.Equal(values.Select(value => (double)value), Run(new Cast(DType.F64), input).AsSpan<double>().ToArray());
        Assert.Equal(values.Select(value => (float)value), Run(new Cast(DType.F32), input).AsSpan<float>().ToArray());
        AssertNearest(DType.BF16, 8, input, [.. values.Select(value => (decimal)value)]);
    }

    [Fact]
    public void Doubles_round_once_to_sixteen_bits()
    {
        // Just above the middle of two neighbours: by way of float it would fall back to the middle, and from there to the even
        // one.
        var middle = 1 + Math.ScaleB(1, -11) + Math.ScaleB(1, -40);
        Assert.Equal([(Half)middle], Run(new Cast(DType.F16), Guarded.Of(DType.F64, [1], middle)).AsSpan<Half>().ToArray());
        Assert.True((Half)(float)middle != (Half)middle);

        var random = Seeded(5);
        var values = Enumerable.Range(0, 3000).Select(_ => (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-30, 20)))
            .ToArray();
        var input = Guarded.Of(DType.F64, [values.Length], values);
        Assert.Equal(values.Select(value => (Half)value), Run(new Cast(DType.F16), input).AsSpan<Half>().ToArray());
        var near = values.Select(value => Math.Round(Math.ScaleB(Math.Abs(value) + 1, 8)) / 256 + Math.ScaleB(1, -40)).ToArray();
        AssertNearest(DType.BF16, 8, Guarded.Of(DType.F64, [near.Length], near), [.. near.Select(Exact)]);
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Doubles_too_small_for_a_float_become_zeros_of_their_sign(DType to)
    {
        double[] tiny = [1e-60, -1e-60, double.Epsilon, -double.Epsilon, 0, -0.0];
        var actual = Guarded.Doubles(Run(new Cast(to), Guarded.Of(DType.F64, [tiny.Length], tiny)));
        Assert.Equal([0, -0.0, 0, -0.0, 0, -0.0], actual);
        Assert.Equal(tiny.Select(double.IsNegative), actual.Select(double.IsNegative));
    }

    // The nearest number with so many significant bits, ties to even, in exact arithmetic.
    private static void AssertNearest(DType type, int bits, TensorData input, decimal[] exact)
    {
        var actual = Guarded.Doubles(Run(new Cast(type), input));
        for (var i = 0; i < exact.Length; i++)
        {
            if (exact[i] == 0) continue;
            var unit = 1m;
            while (Math.Abs(exact[i]) >= unit * (1 << bits)) unit *= 2;
            while (Math.Abs(exact[i]) < unit * (1 << (bits - 1))) unit /= 2;
            Assert.Equal((double)(Math.Round(exact[i] / unit, MidpointRounding.ToEven) * unit), actual[i]);
        }
    }

    // Exact for a double from 1 to 2^10 whose last bit is 2^-42 or more.
    private static decimal Exact(double value) => (decimal)Math.ScaleB(value, 42) / (1L << 42);

    [Theory]
    [InlineData(DType.Q8_0)]
    [InlineData(DType.Q4_0)]
    [InlineData(DType.Q6_K)]
    public void Block_formats_decode_as_their_format_says(DType from)
    {
        var input = Guarded.Random(Seeded(6), from, 3, 2304); // not a multiple of what is decoded at once
        var decoded = Guarded.Doubles(input);
        Assert.Equal(decoded, Guarded.Doubles(Run(new Cast(DType.F32), input)));
        Assert.Equal(decoded, Guarded.Doubles(Run(new Cast(DType.F64), input)));
        Assert.Equal(decoded.Select(value => (double)(Half)value), Guarded.Doubles(Run(new Cast(DType.F16), input)));
    }

    [Fact]
    public void A_cast_to_the_same_type_keeps_the_bits()
    {
        var input = TensorData.From<float>([BitConverter.Int32BitsToSingle(0x7FA12345), -0f]);
        AssertSameBits(input, Run(new Cast(DType.F32), input));
    }
}

using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class QuantizeTests
{
    public static TheoryData<DType> Quantizable =>
        [.. Enum.GetValues<DType>().Where(type => type.IsBlocked && NumberFormats.CanQuantize(type))];

    public static TheoryData<DType> NotQuantizable =>
        [.. Enum.GetValues<DType>().Where(type => !NumberFormats.CanQuantize(type))];

    // Formats with one level of scales: what they can hold, they must find.
    public static TheoryData<DType> OneLevel =>
        [DType.Q4_0, DType.Q5_0, DType.Q8_0, DType.IQ4_NL, DType.TQ1_0, DType.TQ2_0, DType.MXFP4, DType.NVFP4];

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Quantizing_loses_no_more_than_ggml_does(DType type)
    {
        var vector = QuantizationVector.Of(type);

        var (ours, theirs) = (Error(vector.Source, RoundTrip(type, vector.Source)), Error(vector.Source, vector.Dequantized));

        Assert.True(ours <= theirs, $"squared error {ours}, ggml's {theirs}");
    }

    [Fact]
    public void All_but_the_codebook_formats_can_be_made() => Assert.Equal(
        [
            DType.F64, DType.I8, DType.I16, DType.I32, DType.I64, DType.Bool, DType.IQ2_XXS, DType.IQ2_XS, DType.IQ2_S,
            DType.IQ3_XXS, DType.IQ3_S, DType.IQ1_S, DType.IQ1_M,
        ],
        Enum.GetValues<DType>().Where(type => !NumberFormats.CanQuantize(type)));

    [Theory]
    [MemberData(nameof(NotQuantizable))]
    public void A_type_that_cannot_be_made_is_named(DType type)
    {
        var exception = Assert.Throws<NotSupportedException>(
            () => NumberFormats.Quantize(type, new float[type.BlockElements], new byte[type.BlockBytes]));

        Assert.Contains(type.ToString(), exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void A_number_that_is_not_finite_is_named_by_its_place(DType type)
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            var values = new float[type.BlockElements * 2];
            values[type.BlockElements + 5] = bad;
            var bytes = new byte[type.BlockBytes * 2];

            var exception = Assert.Throws<ArgumentException>(() => NumberFormats.Quantize(type, values, bytes));

            Assert.Equal("source", exception.ParamName);
            Assert.Contains($"element {type.BlockElements + 5} is", exception.Message, StringComparison.Ordinal);
            Assert.All(bytes, b => Assert.Equal(0, b));
        }
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Sizes_that_do_not_match_are_refused_by_name(DType type)
    {
        var (values, bytes) = (new float[type.BlockElements * 2], new byte[type.BlockBytes * 2]);

        Assert.Equal(
            "destination",
            Assert.Throws<ArgumentException>(() => NumberFormats.Quantize(type, values, bytes.AsSpan(1))).ParamName);
        Assert.Equal(
            "source", Assert.Throws<ArgumentException>(() => NumberFormats.Quantize(type, values.AsSpan(1), bytes)).ParamName);
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Zeros_stay_zeros(DType type) =>
        Assert.All(RoundTrip(type, new float[type.BlockElements]), value => Assert.Equal(0, value));

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void A_constant_stays_within_a_tenth(DType type)
    {
        foreach (var constant in (float[])[1, -1, 0.0123f, -250])
        {
            var values = new float[type.BlockElements];
            Array.Fill(values, constant);

            foreach (var value in RoundTrip(type, values)) Assert.Equal(constant, value, MathF.Abs(constant) / 10);
        }
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void One_huge_outlier_is_kept_and_nothing_overflows(DType type)
    {
        foreach (var outlier in (float[])[1000, -1000])
        {
            const int Seed = 22;
            var values = Gaussian(Seed, type.BlockElements);
            values[type.BlockElements / 3] = outlier;

            var decoded = RoundTrip(type, values);

            Assert.Equal(outlier, decoded[type.BlockElements / 3], MathF.Abs(outlier) / 10);
            Assert.True(Error(values, decoded) < Error(values, new float[values.Length]) / 10, $"seed {Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void The_largest_and_the_smallest_floats_saturate_and_vanish(DType type)
    {
        foreach (var magnitude in (float[])[float.MaxValue, 1e30f, 1e-30f, 1e-40f, float.Epsilon])
        {
            const int Seed = 23;
            var random = new Random(Seed);
            var values = new float[type.BlockElements];
            for (var i = 0; i < values.Length; i++) values[i] = (2 * random.NextSingle() - 1) * magnitude;
            values[0] = magnitude;
            values[1] = -magnitude;

            Assert.All(
                RoundTrip(type, values), value => Assert.True(MathF.Abs(value) <= magnitude * 1.5f, $"{value} of {magnitude}"));
        }
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Numbers_far_below_the_largest_of_their_block_do_no_harm(DType type)
    {
        foreach (var largest in (float[])[float.MaxValue, -1e35f, 1e25f, 1e10f])
        {
            const int Seed = 26;
            var values = Gaussian(Seed, type.BlockElements);
            for (var i = 0; i < values.Length; i += 3) values[i] = 0;
            values[5] = largest;

            Assert.All(
                RoundTrip(type, values),
                value => Assert.True(MathF.Abs(value) <= MathF.Abs(largest) * 1.5f, $"{value}, seed {Seed}"));
        }
    }

    [Theory]
    [MemberData(nameof(OneLevel))]
    public void What_a_format_can_hold_it_holds_exactly(DType type)
    {
        var once = RoundTrip(type, Gaussian(seed: 24, type.BlockElements * 16));

        var twice = RoundTrip(type, once);

        Assert.True(Error(once, twice) <= 1e-9 * Error(once, new float[once.Length]), $"error {Error(once, twice)}");
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Quantizing_allocates_nothing(DType type)
    {
        var (values, bytes) = (Gaussian(seed: 25, type.BlockElements * 2), new byte[type.BlockBytes * 2]);
        NumberFormats.Quantize(type, values, bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        NumberFormats.Quantize(type, values, bytes);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] RoundTrip(DType type, float[] values)
    {
        var (bytes, decoded) = (new byte[type.ByteLength(values.Length)], new float[values.Length]);
        NumberFormats.Quantize(type, values, bytes);
        NumberFormats.Dequantize(type, bytes, decoded);
        return decoded;
    }

    private static double Error(float[] expected, float[] actual) =>
        expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum();

    private static float[] Gaussian(int seed, int count)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
                (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }
}

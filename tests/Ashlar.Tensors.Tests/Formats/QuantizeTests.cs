using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class QuantizeTests(ITestOutputHelper output)
{
    public static TheoryData<DType> Quantizable =>
        [.. Enum.GetValues<DType>().Where(type => type.IsBlocked && NumberFormats.CanQuantize(type))];

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void Quantizing_loses_no_more_than_ggml_does(DType type)
    {
        var vector = QuantizationVector.Of(type);
        var bytes = new byte[vector.Quantized.Length];
        var decoded = new float[vector.Source.Length];

        NumberFormats.Quantize(type, vector.Source, bytes);
        NumberFormats.Dequantize(type, bytes, decoded);

        var (ours, theirs) = (Error(vector.Source, decoded), Error(vector.Source, vector.Dequantized));
        output.WriteLine($"{type}: {ours:E3}, ggml {theirs:E3}, ratio {ours / theirs:F4}");
        Assert.True(ours <= theirs, $"squared error {ours}, ggml's {theirs}");
    }

    private static double Error(float[] expected, float[] actual) =>
        expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum();
}

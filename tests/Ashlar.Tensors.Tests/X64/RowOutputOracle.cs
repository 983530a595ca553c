using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>What each form of an output holds for given numbers.</summary>
internal static class RowOutputOracle
{
    /// <summary>Fails where a row of an output is not what the numbers ask for.</summary>
    public static void Check(
        RowOutput output, InstructionSet set, float[] values, ReadOnlySpan<byte> row, int width, string because)
    {
        switch (output.Form)
        {
            case RowForm.F32: CheckFloats(values, row, because); break;
            case RowForm.BF16: CheckBFloat16(values, set, row, because); break;
            default: CheckQuantized(values, output.Quantized!, row, because); break;
        }

        if (output.Form == RowForm.F32)
        {
            var rest = (int)Math.Min(row.Length, output.Stride * 4);
            Assert.True(row[(values.Length * 4)..rest].IndexOfAnyExcept((byte)0xCD) < 0, $"wrote between rows: {because}");
        }

        Assert.True(values.Length == width || values.Length == 1);
    }

    /// <summary>BF16 of a number: rounded to the nearest even.</summary>
    public static ushort BFloat16Of(float value, InstructionSet set)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        if (set == InstructionSet.Avx512Bf16 && float.IsSubnormal(value)) return (ushort)(bits >> 16 & 0x8000);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static void CheckFloats(float[] values, ReadOnlySpan<byte> row, string because)
    {
        var floats = MemoryMarshal.Cast<byte, float>(row[..(values.Length * 4)]);
        for (var i = 0; i < values.Length; i++)
        {
            var isSame = float.IsNaN(values[i])
                ? float.IsNaN(floats[i])
                : BitConverter.SingleToInt32Bits(values[i]) == BitConverter.SingleToInt32Bits(floats[i]);
            Assert.True(isSame, $"element {i} is {floats[i]:R}, not {values[i]:R}: {because}");
        }
    }

    private static void CheckBFloat16(float[] values, InstructionSet set, ReadOnlySpan<byte> row, string because)
    {
        var written = (values.Length + 31) / 32 * 32;
        var numbers = MemoryMarshal.Cast<byte, ushort>(row);
        for (var i = 0; i < written; i++)
        {
            var expected = i < values.Length ? BFloat16Of(values[i], set) : (ushort)0;
            // Which payload stays is not said.
            var isSame = i < values.Length && float.IsNaN(values[i])
                ? (numbers[i] & 0x7FFF) > 0x7F80
                : numbers[i] == expected;
            Assert.True(isSame, $"element {i} is {numbers[i]:X4}, not {expected:X4}: {because}");
        }
    }

    private static void CheckQuantized(float[] values, QuantizedRows rows, ReadOnlySpan<byte> row, string because)
    {
        var codes = MemoryMarshal.Cast<byte, sbyte>(row[..values.Length]);
        for (var group = 0; group < values.Length / 32; group++)
        {
            var x = values.AsSpan(group * 32, 32);
            var scale = MemoryMarshal.Read<float>(row[(int)(rows.Scales + group * 4)..]);
            var largest = 0f;
            foreach (var element in x) largest = float.Max(largest, MathF.Abs(element));
            if (!float.IsFinite(largest))
            {
                Assert.False(float.IsFinite(scale), $"group {group} hides {largest}: {because}");
                continue;
            }

            Assert.True(scale == largest / 127, $"group {group} has scale {scale:R}, not {largest / 127:R}: {because}");
            var factor = MathF.Min(127 / largest, float.MaxValue);
            for (var i = 0; i < 32; i++)
            {
                var code = largest == 0 ? 0 : (int)MathF.Round(x[i] * factor, MidpointRounding.ToEven);
                var actual = codes[group * 32 + i];
                Assert.True(actual == code, $"code {group * 32 + i} is {actual}, not {code}: {because}");
            }
        }

        foreach (var bias in rows.Biases)
        {
            for (var group = 0; group < values.Length / bias.Group; group++)
            {
                var sum = 0;
                foreach (var code in codes.Slice(group * bias.Group, bias.Group)) sum += code;
                var number = row[(int)(rows.OffsetOf(bias) + group * 4)..];
                var scale = MemoryMarshal.Read<float>(row[(int)(rows.Scales + group * bias.Group / 32 * 4)..]);
                var isRight = bias.Zero != 0
                    ? MemoryMarshal.Read<int>(number) == -bias.Zero * sum
                    : !float.IsFinite(scale) || MemoryMarshal.Read<float>(number) == scale * sum;
                Assert.True(isRight, $"{bias} of group {group}: {because}");
            }
        }
    }
}

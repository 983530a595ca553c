using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Kernels;

/// <summary>Rows of random numbers in the form that a kernel takes them, and the numbers that they then stand for.</summary>
internal sealed unsafe class SampleRows : IDisposable
{
    private readonly NativePages _block;
    private readonly float[] _numbers; // (rows, width), as stored

    /// <summary>Makes the rows.</summary>
    /// <param name="form">Their form.</param>
    /// <param name="layout">Their layout where the form is Q8; else null.</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Elements of a row.</param>
    public SampleRows(RowForm form, QuantizedRows? layout, int rows, int width)
    {
        Form = form;
        Stride = form switch
        {
            RowForm.F32 => width * sizeof(float),
            RowForm.BF16 => BFloat16Rows.Stride(width),
            _ => layout!.Stride,
        };
        _block = new NativePages(Stride * rows);
        _numbers = SampleNumbers.Normal(rows * width, seed: 1);
        for (var row = 0; row < rows; row++)
        {
            var numbers = _numbers.AsSpan(row * width, width);
            var target = _block.Pointer + Stride * row;
            if (form == RowForm.F32) numbers.CopyTo(new Span<float>(target, width));
            else if (form == RowForm.BF16) WriteBFloat16(numbers, target);
            else WriteQuantized(numbers, layout!, target);
        }
    }

    public RowForm Form { get; }

    /// <summary>Bytes from row to row.</summary>
    public long Stride { get; }

    public byte* Pointer => _block.Pointer;

    /// <summary>The numbers that a row stands for.</summary>
    public ReadOnlySpan<float> Row(int row, int width) => _numbers.AsSpan(row * width, width);

    public void Dispose() => _block.Dispose();

    private static void WriteBFloat16(Span<float> numbers, byte* target)
    {
        new Span<byte>(target, (int)BFloat16Rows.Stride(numbers.Length)).Clear();
        var stored = new Span<byte>(target, numbers.Length * 2);
        NumberFormats.Quantize(DType.BF16, numbers, stored);
        NumberFormats.Dequantize(DType.BF16, stored, numbers);
    }

    private static void WriteQuantized(Span<float> numbers, QuantizedRows layout, byte* target)
    {
        const int group = QuantizedRows.Group;
        var codes = (sbyte*)target;
        var scales = (float*)(target + layout.Scales);
        for (var first = 0; first < numbers.Length; first += group)
        {
            var part = numbers.Slice(first, group);
            var largest = 0f;
            foreach (var number in part) largest = Math.Max(largest, Math.Abs(number));
            scales[first / group] = largest / 127;
            for (var i = 0; i < group; i++)
            {
                codes[first + i] = (sbyte)MathF.Round(part[i] * (127 / largest), MidpointRounding.ToEven);
                part[i] = codes[first + i] * scales[first / group];
            }
        }

        foreach (var bias in layout.Biases)
        {
            var biases = target + layout.OffsetOf(bias);
            for (var first = 0; first < numbers.Length; first += bias.Group)
            {
                var sum = 0;
                for (var i = 0; i < bias.Group; i++) sum += codes[first + i];
                if (bias.Zero != 0) ((int*)biases)[first / bias.Group] = -bias.Zero * sum;
                else ((float*)biases)[first / bias.Group] = scales[first / group] * sum;
            }
        }
    }
}

using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Weights of block formats, with rows of 8 bits: some codes and scales are unpacked into the first cache, then all rows pass. A
/// group of a row's elements takes part as <c>scale of the row * scale of the weights * sum of the products of codes</c>, the
/// sum in whole numbers, and so exact; groups are added in the order of k.
/// </summary>
internal sealed unsafe class QuantizedPanels : WeightPanels
{
    private const int Columns = WeightMatMul.Columns, PartSteps = 8;
    private readonly CodeProduct _product;
    private readonly PackedCodes _codes;
    private readonly PackedScales _scales;
    private readonly long _rowScales, _bias; // where scales, and the numbers of the bias, begin in a row
    private readonly bool _hasZero, _hasOffsets;
    private readonly int _steps; // of sixteen columns
    private readonly int _groups; // of a step
    private readonly int _blockSteps, _blockBytes, _stepBytes, _codesOffset, _partBytes; // of packed weights
    private readonly int _stepFloats; // of unpacked scales and offsets

    public QuantizedPanels(PackedFormat format, long k, QuantizedRows layout)
    {
        if (layout.Width != k || k % format.BlockElements != 0 || !layout.Biases.Contains(format.Bias))
        {
            throw new NotSupportedException($"rows {layout} of {layout.Width} do not fit weights of {k} that need {format.Bias}");
        }

        (_rowScales, _bias) = (layout.Scales, layout.OffsetOf(format.Bias));
        (_codes, _scales, _product) = (new PackedCodes(format), new PackedScales(format), new CodeProduct(format.LargestCode));
        _steps = checked((int)(k / PackedFormat.StepElements));
        (_hasZero, _hasOffsets, _groups) = (format.Zero != 0, format.HasOffsets, format.StepGroups);
        (_blockSteps, _blockBytes) = (format.BlockSteps, format.BlockBytes);
        (_stepBytes, _codesOffset) = (format.StepBytes, format.Codes);
        _partBytes = PartSteps / _blockSteps * (_blockBytes + _blockSteps * _stepBytes);
        _stepFloats = _groups * Columns * (_hasOffsets ? 2 : 1);
        (GroupBytes, InputStride) = (format.ColumnsBytes(k), layout.Stride);
    }

    public override long GroupBytes { get; }

    public override long InputStride { get; }

    public override long ScratchBytes => PartSteps * (PackedCodes.StepBytes + _stepFloats * sizeof(float));

    public override void Multiply(byte* weights, in MatMulRows rows, int columns, byte* scratch)
    {
        var codes = stackalloc nint[PartSteps]; // where those of each step are
        var scales = (float*)(scratch + PartSteps * PackedCodes.StepBytes); // (steps, groups of a step, scales and offsets, 16)
        var results = stackalloc float[Columns];
        for (var first = 0; first < _steps; first += PartSteps, weights += _partBytes)
        {
            var steps = Math.Min(PartSteps, _steps - first);
            Unpack(weights, steps, codes, scales, scratch);
            for (long row = 0; row < rows.Count; row++)
            {
                var (x, output) = ((nint)rows.Input(row), (nint)rows.Output(row));
                if (columns == Columns)
                {
                    AddRow((byte*)x, first, steps, codes, scales, (float*)output);
                    continue;
                }

                var written = new Span<float>((float*)output, columns);
                written.CopyTo(new Span<float>(results, columns));
                AddRow((byte*)x, first, steps, codes, scales, results);
                new ReadOnlySpan<float>(results, columns).CopyTo(written);
            }
        }
    }

    private void Unpack(byte* weights, int steps, nint* codes, float* scales, byte* scratch)
    {
        var factors = stackalloc float[PackedScales.MostFactors];
        for (var step = 0; step < steps; step++, scales += _stepFloats)
        {
            if (step % _blockSteps == 0)
            {
                _scales.ReadFactors(weights, factors);
                weights += _blockBytes;
            }

            _scales.Read(factors, weights, scales);
            codes[step] = (nint)_codes.Read(weights + _codesOffset, scratch + step * PackedCodes.StepBytes);
            weights += _stepBytes;
        }
    }

    // Goes on with the results of a row; the first part begins them.
    private void AddRow(byte* row, int first, int steps, nint* codes, float* scales, float* results)
    {
        var vectors = PackedFormat.StepVectors / _groups;
        var x = (sbyte*)row + first * PackedFormat.StepElements;
        var rowScales = (float*)(row + _rowScales) + first;
        var biases = row + _bias + first * _groups * 4;
        var (low, high) = first == 0
            ? (Vector256<float>.Zero, Vector256<float>.Zero)
            : (Vector256.Load(results), Vector256.Load(results + Vector256<float>.Count));
        for (var step = 0; step < steps; step++)
        {
            for (var group = 0; group < _groups; group++, x += vectors * 4, scales += Columns, biases += 4)
            {
                var stepCodes = (byte*)codes[step] + group * vectors * PackedFormat.VectorBytes;
                var (lowSum, highSum) = _product.Of(stepCodes, x, vectors, _hasZero ? *(int*)biases : 0);
                var scale = Vector256.Create(rowScales[step]);
                low = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(lowSum), scale * Vector256.Load(scales), low);
                high = Vector256.FusedMultiplyAdd(
                    Vector256.ConvertToSingle(highSum), scale * Vector256.Load(scales + Vector256<float>.Count), high);
                if (!_hasOffsets) continue;
                var bias = Vector256.Create(*(float*)biases);
                scales += Columns;
                low = Vector256.FusedMultiplyAdd(bias, Vector256.Load(scales), low);
                high = Vector256.FusedMultiplyAdd(bias, Vector256.Load(scales + Vector256<float>.Count), high);
            }
        }

        low.Store(results);
        high.Store(results + Vector256<float>.Count);
    }
}

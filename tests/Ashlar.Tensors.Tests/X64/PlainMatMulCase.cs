using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Rows and packed weights of random numbers, with the exact sums, and runs of emitted kernels on them.</summary>
internal sealed unsafe class PlainMatMulCase : IDisposable
{
    private const int Guard = 256;
    private readonly NativeBlock _packed, _rows;
    private readonly float[] _values; // (m, k), as the kernel reads them
    private readonly float[] _weights; // (n, k)

    public PlainMatMulCase(Random random, DType type, InstructionSet set, int k, int n, int m)
    {
        (Type, Set, K, N, M) = (type, set, k, n, m);
        var form = PlainWeights.RowsOf(type, set);
        _values = new float[m * k];
        _weights = new float[n * k];
        foreach (ref var x in _values.AsSpan()) x = random.NextSingle() * 2 - 1;
        foreach (ref var x in _weights.AsSpan()) x = random.NextSingle() * 2 - 1;
        if (form == RowForm.BF16) Narrow(DType.BF16, _values);
        var source = Narrow(type, _weights);
        _packed = new NativeBlock(PlainWeights.Bytes(type, k, n));
        fixed (byte* pointer = source)
        {
            var middle = random.NextInt64(PlainWeights.Groups(n) + 1);
            PlainWeights.Pack(type, pointer, k, n, 0, middle, _packed.Pointer);
            PlainWeights.Pack(type, pointer, k, n, middle, PlainWeights.Groups(n), _packed.Pointer);
        }

        InputStride = form == RowForm.BF16 ? BFloat16Rows.Stride(k) : (k + random.Next(20)) * sizeof(float);
        _rows = new NativeBlock(m * InputStride);
        new Span<byte>(_rows.Pointer, (int)_rows.Bytes).Fill(form == RowForm.BF16 ? (byte)0 : (byte)0xFF);
        for (var row = 0; row < m; row++)
        {
            var to = _rows.Pointer + row * InputStride;
            var from = _values.AsSpan(row * k, k);
            if (form == RowForm.F32) from.CopyTo(new Span<float>(to, k));
            else for (var i = 0; i < k; i++) ((ushort*)to)[i] = (ushort)(BitConverter.SingleToUInt32Bits(from[i]) >> 16);
        }
    }

    public DType Type { get; }

    public InstructionSet Set { get; }

    public int K { get; }

    public int N { get; }

    public int M { get; }

    public long InputStride { get; }

    public long Groups => PlainWeights.Groups(N);

    public byte* Packed => _packed.Pointer;

    public byte* Rows => _rows.Pointer;

    /// <summary>Emits the kernel of a class.</summary>
    public Kernel Emit(RowClass rowClass) => PlainMatMulEmitter.Emit(
        new WeightMatMul(Type, K, N, null, rowClass, PlainWeights.RowsOf(Type, Set) == RowForm.F32 ? InputStride : 0), Set);

    /// <summary>
    /// Runs a kernel on rows [firstRow, firstRow + rows), the range cut at the given places, and returns the output (rows, N).
    /// </summary>
    public float[] Run(Kernel kernel, int firstRow, int rows, params ReadOnlySpan<long> cuts)
    {
        // Columns past the last are a guard in every row.
        var stride = (N + 3) * sizeof(float);
        using var output = new NativeBlock(rows * stride + 2 * Guard);
        var all = new Span<byte>(output.Pointer, (int)output.Bytes);
        all.Fill(0xCD);
        long[] arguments = [(long)Packed, (long)(Rows + firstRow * InputStride), (long)(output.Pointer + Guard), rows, stride];
        var from = 0L;
        foreach (var to in cuts)
        {
            kernel.Invoke(arguments, from, to);
            from = to;
        }

        kernel.Invoke(arguments, from, Groups);
        var result = new float[rows * N];
        for (var row = 0; row < rows; row++)
        {
            var line = all.Slice(Guard + row * stride, stride);
            MemoryMarshal.Cast<byte, float>(line)[..N].CopyTo(result.AsSpan(row * N));
            Assert.True(line[(N * sizeof(float))..].IndexOfAnyExcept((byte)0xCD) < 0, $"wrote past column {N} of row {row}");
        }

        Assert.True(all[..Guard].IndexOfAnyExcept((byte)0xCD) < 0, "wrote before the output");
        Assert.True(all[(Guard + rows * stride)..].IndexOfAnyExcept((byte)0xCD) < 0, "wrote past the output");
        return result;
    }

    /// <summary>
    /// Fails where an output is farther from the exact sum than k roundings of the sum of magnitudes allow. Pairs of BF16 may be
    /// added with one rounding more, and what is denormal may count as zero.
    /// </summary>
    public void Check(ReadOnlySpan<float> output, int firstRow, string about)
    {
        for (var at = 0; at < output.Length; at++)
        {
            var (row, column) = (firstRow + at / N, at % N);
            double sum = 0, magnitude = 0;
            for (var i = 0; i < K; i++)
            {
                var product = (double)_values[row * K + i] * _weights[column * K + i];
                sum += product;
                magnitude += Math.Abs(product);
            }

            var tolerance = (4 + Math.Sqrt(K)) * magnitude * Math.Pow(2, -23) + 1e-37;
            Assert.True(Math.Abs(output[at] - sum) <= tolerance, $"{about}: ({row}, {column}) is {output[at]}, not {sum}");
        }
    }

    public void Dispose()
    {
        _packed.Dispose();
        _rows.Dispose();
    }

    /// <summary>Rounds numbers to a type, and returns them as they are stored.</summary>
    private static byte[] Narrow(DType type, float[] values)
    {
        if (type == DType.F32) return MemoryMarshal.AsBytes<float>(values).ToArray();
        var stored = new ushort[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (type == DType.F16)
            {
                var half = (Half)values[i];
                (stored[i], values[i]) = (BitConverter.HalfToUInt16Bits(half), (float)half);
                continue;
            }

            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            stored[i] = (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
            values[i] = BitConverter.UInt32BitsToSingle((uint)stored[i] << 16);
        }

        return MemoryMarshal.AsBytes<ushort>(stored).ToArray();
    }
}

using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Tests.Reference;
using Ashlar.Tensors.Tests.X64;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Random weights, packed, and random rows in the form that they take.</summary>
internal sealed unsafe class MatMulCase
{
    private readonly Random _random;
    private readonly float[] _weights; // (matrices, n, k)
    private readonly double[] _values; // (rows, k)

    public MatMulCase(Random random, DType type, int matrices, bool isExtreme)
    {
        _random = random;
        (Rows, N) = (random.Next(3) == 0 ? random.Next(1, 30) : random.Next(1, 10), random.Next(1, 50));
        OutputStride = N + random.Next(3);
        K = type.IsBlocked ? type.BlockElements * random.Next(1, type.BlockElements > 64 ? 4 : 20) : random.Next(1, 600);
        Layout = BlockWeights.BiasOf(type) is { } bias ? new QuantizedRows(K, Biases(bias)) : null;
        var count = matrices * N * K;
        var bytes = type.IsBlocked ? WeightBytes.Random(type, count, random, isExtreme) : PlainBytes(type, count);
        _weights = new float[count];
        NumberFormats.Dequantize(type, bytes, _weights);

        var matrixBytes = type.IsBlocked ? BlockWeights.Bytes(type, K, N) : PlainWeights.Bytes(type, K, N);
        Packed = TensorData.Allocate(DType.I8, matrices * matrixBytes);
        fixed (byte* source = bytes)
        {
            for (var matrix = 0; matrix < matrices; matrix++)
            {
                var from = source + matrix * (bytes.Length / matrices);
                var to = Packed.Pointer + matrix * matrixBytes;
                if (type.IsBlocked) BlockWeights.Pack(type, from, K, N, 0, Groups, to);
                else PlainWeights.Pack(type, from, K, N, 0, Groups, to);
            }
        }

        if (Layout is not null)
        {
            Input = TensorData.Allocate(DType.I8, Rows * Layout.Stride);
            _values = QuantizedRowsOf.Fill(Layout, Rows, random, isExtreme, Input.Pointer);
            return;
        }

        InputStride = (K + random.Next(3)) * sizeof(float);
        Input = Guarded.Random(random, DType.F32, (Rows - 1) * InputStride / sizeof(float) + K);
        _values = new double[Rows * K];
        var stride = (int)(InputStride / sizeof(float));
        for (var i = 0; i < _values.Length; i++) _values[i] = Input.AsSpan<float>()[i / K * stride + i % K];
    }

    public int Rows { get; }

    public int K { get; }

    public int N { get; }

    /// <summary>F32 elements from row to row of the output.</summary>
    public int OutputStride { get; }

    public QuantizedRows? Layout { get; }

    /// <summary>Bytes from row to row of an F32 input, 0 of another.</summary>
    public long InputStride { get; }

    public long InputBytes => Layout?.Stride ?? InputStride;

    public long Groups => (N + 15) / 16;

    public TensorData Packed { get; }

    public TensorData Input { get; }

    public TensorData Run(KernelSpecification specification, long range, Func<long[], long[]> arguments, int? rows = null)
    {
        // The last row ends with its last column, so that what is written past it meets the guard.
        var elements = ((rows ?? Rows) - 1) * OutputStride + N;
        return PortableCall.Run(_random, specification, range, [(DType.F32, [elements])], arguments)[0];
    }

    /// <summary>Compares a row of the output, and that what lies between rows was left alone.</summary>
    public void Check(TensorData output, int row, int inputRow, int matrix, string what)
    {
        var actual = output.AsSpan<float>()[(row * OutputStride)..];
        for (var column = 0; column < N; column++)
        {
            var (sum, size) = (0.0, 0.0);
            for (var i = 0; i < K; i++)
            {
                var part = _values[inputRow * K + i] * _weights[(matrix * N + column) * K + i];
                (sum, size) = (sum + part, size + Math.Abs(part));
            }

            if (Math.Abs(sum - actual[column]) <= 4e-6 * size) continue;
            Assert.Fail($"{what}: row {row}, column {column} is {actual[column]:R}, not {sum:R}");
        }

        var between = actual[N..Math.Min(OutputStride, actual.Length)].ToArray();
        Assert.True(between.All(float.IsNaN), $"{what}: wrote between rows");
    }

    // The one that is needed is not always the first.
    private System.Collections.Immutable.ImmutableArray<Bias> Biases(Bias bias) =>
        _random.Next(2) == 0 ? [bias] : [new Bias(32, 77), bias];

    private byte[] PlainBytes(DType type, int count)
    {
        var numbers = Enumerable.Range(0, count).Select(_ => _random.NextSingle() * 4 - 2).ToArray();
        var bytes = new byte[type.ByteLength(count)];
        NumberFormats.Quantize(type, numbers, bytes);
        return bytes;
    }
}

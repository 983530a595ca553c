using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Kernels;

/// <summary>A matrix of weights of a format, as often as it takes not to find it in a cache, and its kernels.</summary>
internal sealed unsafe class MatMulCase : IDisposable
{
    /// <summary>Rows and columns of the matrix.</summary>
    public const int Size = 4096;

    private const long LeastBytes = 128 << 20;
    private const int DistinctRows = 64;

    private readonly InstructionSet _set;
    private readonly SampleRows _rows;
    private readonly QuantizedRows? _layout;
    private readonly NativePages _packed, _output;
    private readonly float[] _weights; // the first columns, decoded: (DistinctRows, Size)
    private readonly int _copies;
    private int _next;

    /// <summary>Makes the matrix, and rows for its kernels.</summary>
    /// <param name="format">The format.</param>
    /// <param name="set">The instruction set of the kernels.</param>
    /// <param name="mostRows">The most rows that will be multiplied.</param>
    public MatMulCase(MatMulFormat format, InstructionSet set, int mostRows)
    {
        (Format, _set, _layout) = (format, set, format.RowLayout(Size));
        _rows = new SampleRows(format.Rows, _layout, mostRows, Size);
        _output = new NativePages((long)mostRows * Size * sizeof(float));
        Bytes = format.Bytes(Size, Size);
        _copies = (int)((LeastBytes + Bytes - 1) / Bytes);
        _packed = new NativePages(_copies * Bytes);

        // Quantizing takes long, and the speed depends on no number: some rows fill the matrix.
        var numbers = SampleNumbers.Normal(DistinctRows * Size, seed: 2);
        var part = new byte[format.Type.ByteLength(numbers.Length)];
        NumberFormats.Quantize(format.Type, numbers, part);
        NumberFormats.Dequantize(format.Type, part, _weights = numbers);
        using var source = new NativePages((long)part.Length * (Size / DistinctRows));
        for (var i = 0L; i < Size / DistinctRows; i++)
        {
            part.CopyTo(new Span<byte>(source.Pointer + i * part.Length, part.Length));
        }

        format.Pack(source.Pointer, Size, Size, _packed.Pointer);
        for (var copy = 1; copy < _copies; copy++)
        {
            Buffer.MemoryCopy(_packed.Pointer, _packed.Pointer + copy * Bytes, Bytes, Bytes);
        }
    }

    public MatMulFormat Format { get; }

    /// <summary>Bytes of the packed matrix.</summary>
    public long Bytes { get; }

    /// <summary>Multiplications and additions of a product with so many rows.</summary>
    public static double Operations(int rows) => 2.0 * rows * Size * Size;

    /// <summary>A product with so many rows, on one core. Its result has been checked.</summary>
    public Trial Product(int rows)
    {
        var rowClass = rows == 1 ? RowClass.One : rows <= 12 ? RowClass.Few : RowClass.Many;
        var inputStride = Format.Rows == RowForm.F32 ? _rows.Stride : 0;
        var kernel = Format.Emit(new WeightMatMul(Format.Type, Size, Size, _layout, rowClass, inputStride), _set);
        var scratch = new NativePages(Math.Max(64, kernel.ScratchBytes));
        Run(1);
        Check(rows);
        return new Trial($"{Format.Type}, {rows} rows", "GOPS", Operations(rows), count => CoreClock.Seconds(() => Run(count)));

        void Run(int count)
        {
            var arguments = stackalloc long[] { 0, (long)_rows.Pointer, (long)_output.Pointer, rows, Size * sizeof(float) };
            for (var i = 0; i < count; i++)
            {
                _next = (_next + 1) % _copies;
                arguments[0] = (long)(_packed.Pointer + _next * Bytes);
                kernel.Function(arguments, 0, Size / WeightMatMul.Columns, scratch.Pointer);
            }

            GC.KeepAlive(kernel);
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _packed.Dispose();
        _output.Dispose();
    }

    // A kernel that computes something else would be measured in vain.
    private void Check(int rows)
    {
        foreach (var row in new[] { 0, rows / 2, rows - 1 })
        {
            for (var column = 0; column < Size; column += 97)
            {
                var (sum, size) = (0.0, 0.0);
                var numbers = _rows.Row(row, Size);
                var weights = _weights.AsSpan(column % DistinctRows * Size, Size);
                for (var i = 0; i < Size; i++)
                {
                    sum += (double)numbers[i] * weights[i];
                    size += Math.Abs((double)numbers[i] * weights[i]);
                }

                var found = ((float*)_output.Pointer)[row * Size + column];
                if (Math.Abs(found - sum) <= 1e-4 * size) continue;
                throw new InvalidDataException(
                    $"the {Format.Type} kernel for {rows} rows gives {found} and not {sum} at row {row}, column {column}");
            }
        }
    }
}

using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>
/// Products of quantized rows with packed weights, against the same quantized arithmetic in doubles: what is left is the rounding
/// of F32 sums, 1e-5 of the sum of the terms' magnitudes.
/// </summary>
public sealed unsafe class QuantizedMatMulTests
{
    private const double Tolerance = 1e-5;
    private const int Guard = 256, Shapes = 9;
    private const byte Poison = 0xCD;

    public static TheoryData<string> Sets => InstructionSets.Emitted;

    private static DType[] Types { get; } = [.. Enum.GetValues<DType>().Where(BlockWeights.CanPack)];

    [Theory, MemberData(nameof(Sets))]
    public void Every_format_multiplies_as_its_numbers_say_and_all_row_classes_agree_to_the_bit(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var type in Types)
        {
            for (var shape = 0; shape < Shapes; shape++) Check(type, set, seed: shape, isExtreme: shape % 5 == 4);
        }
    }

    private static void Check(DType type, InstructionSet set, int seed, bool isExtreme)
    {
        var random = new Random(seed * 100 + (int)type);
        var k = type.BlockElements * random.Next(1, type.BlockElements > 32 ? 4 : 20);
        if (seed % 4 == 1) k += seed == 1 ? 8192 : 1024; // more than a panel holds
        var n = random.Next(1, seed == 1 ? 20 : 70);
        var m = seed % 4 == 0 ? random.Next(1, 3) : random.Next(1, 41);
        var layout = new QuantizedRows(k, QuantizedRowsOf.Biases(type, random));
        var where = $"{type}, {Processor.NameOf(set)}, k {k}, n {n}, m {m}, seed {seed}";

        var source = WeightBytes.Random(type, k * n, random, isExtreme);
        var weights = new float[k * n];
        NumberFormats.Dequantize(type, source, weights);
        using var packed = new NativeBlock(BlockWeights.Bytes(type, k, n));
        fixed (byte* pointer = source) BlockWeights.Pack(type, pointer, k, n, 0, BlockWeights.Groups(n), packed.Pointer);
        using var rows = new NativeBlock(m * layout.Stride);
        var values = QuantizedRowsOf.Fill(layout, m, random, isExtreme, rows.Pointer);

        var many = Multiply(set, RowClass.Many, type, k, n, m, layout, packed, rows, [0, BlockWeights.Groups(n)], where);
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var (sum, magnitude) = (0.0, 0.0);
                for (var i = 0; i < k; i++)
                {
                    var term = values[row * k + i] * weights[column * k + i];
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                var got = many[row * n + column];
                Assert.True(
                    Math.Abs(got - sum) <= Tolerance * magnitude + 1e-30,
                    $"{where}: ({row}, {column}) is {got}, not {sum}, terms sum to {magnitude}");
            }
        }

        var cut = random.NextInt64(0, BlockWeights.Groups(n) + 1);
        var pieces = Multiply(set, RowClass.Many, type, k, n, m, layout, packed, rows, [0, cut, BlockWeights.Groups(n)], where);
        SameBits.Assert(many, pieces, $"{where}, cut at {cut}");
        var few = Multiply(set, RowClass.Few, type, k, n, m, layout, packed, rows, [0, cut, BlockWeights.Groups(n)], where);
        SameBits.Assert(many, few, $"{where}, few");
        using var one = new NativeBlock(layout.Stride);
        var last = m - 1;
        var lastRow = new ReadOnlySpan<byte>(rows.Pointer + last * layout.Stride, (int)layout.Stride);
        lastRow.CopyTo(new(one.Pointer, (int)layout.Stride));
        var single = Multiply(set, RowClass.One, type, k, n, 1, layout, packed, one, [0, BlockWeights.Groups(n)], where);
        SameBits.Assert(many.AsSpan(last * n), single, $"{where}, one");
    }

    private static float[] Multiply(
        InstructionSet set, RowClass rowClass, DType type, int k, int n, int m, QuantizedRows layout, NativeBlock packed,
        NativeBlock rows, long[] cuts, string where)
    {
        var stride = (n + 3) * sizeof(float);
        using var output = new NativeBlock(Guard + m * stride + Guard);
        new Span<byte>(output.Pointer, (int)output.Bytes).Fill(Poison);
        var kernel = QuantizedMatMulEmitter.Emit(new WeightMatMul(type, k, n, layout, rowClass), set);
        for (var piece = 1; piece < cuts.Length; piece++)
        {
            long[] arguments = [(long)packed.Pointer, (long)rows.Pointer, (long)(output.Pointer + Guard), m, stride];
            kernel.Invoke(arguments, cuts[piece - 1], cuts[piece]);
        }

        var results = new float[m * n];
        for (var row = 0; row < m; row++)
        {
            var bytes = new Span<byte>(output.Pointer + Guard + row * stride, n * sizeof(float));
            bytes.CopyTo(MemoryMarshal.AsBytes(results.AsSpan(row * n, n)));
            bytes.Fill(Poison);
        }

        var rest = new ReadOnlySpan<byte>(output.Pointer, (int)output.Bytes).IndexOfAnyExcept(Poison);
        Assert.True(rest < 0, $"{where}, {rowClass}: byte {rest - Guard} outside of the output was written");
        return results;
    }
}

using System.Collections.Immutable;
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
    private const int Guard = 256, Shapes = 9, GroupedShapes = 4;
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

    [Theory, MemberData(nameof(Sets))]
    public void Experts_multiply_to_the_same_bits_as_matrices_of_their_own(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var type in Types)
        {
            for (var shape = 0; shape < GroupedShapes; shape++) CheckGrouped(type, set, seed: shape);
        }
    }

    private static void CheckGrouped(DType type, InstructionSet set, int seed)
    {
        var random = new Random(seed * 1000 + (int)type);
        var k = type.BlockElements * random.Next(1, type.BlockElements > 32 ? 4 : 10) + (seed == 1 ? 1024 : 0);
        var (n, matrices, divisor) = (random.Next(1, 100), random.Next(1, 6), random.Next(1, 5));
        var inputs = random.Next(1, 12);
        var m = inputs * divisor;
        var layout = new QuantizedRows(k, Biases(type, random));
        var where = $"{type}, {Processor.NameOf(set)}, {matrices} of k {k}, n {n}, m {m} / {divisor}, seed {seed}";
        var (matrixBytes, groups) = (BlockWeights.Bytes(type, k, n), BlockWeights.Groups(n));
        var source = WeightBytes.Random(type, matrices * n * k, random, isExtreme: false);
        using var packed = new NativeBlock(matrices * matrixBytes);
        for (var matrix = 0; matrix < matrices; matrix++)
        {
            fixed (byte* pointer = &source[type.ByteLength((long)matrix * n * k)])
            {
                BlockWeights.Pack(type, pointer, k, n, 0, groups, packed.Pointer + matrix * matrixBytes);
            }
        }

        using var rows = new NativeBlock(inputs * layout.Stride);
        QuantizedRowsOf.Fill(layout, inputs, random, isExtreme: false, rows.Pointer);
        var matrixOf = Enumerable.Range(0, m).Select(_ => random.Next(matrices)).ToArray();
        if (seed % 2 == 0) Array.Fill(matrixOf, random.Next(matrices), 0, m / 2);
        var list = Enumerable.Range(0, m).OrderBy(row => matrixOf[row]).ToArray();
        var starts = Enumerable.Range(0, matrices + 1).Select(matrix => matrixOf.Count(of => of < matrix)).ToArray();

        var stride = (n + 1) * sizeof(float);
        using var output = new NativeBlock(Guard + m * stride + Guard);
        new Span<byte>(output.Pointer, (int)output.Bytes).Fill(Poison);
        var kernel = QuantizedMatMulEmitter.EmitGrouped(new(type, k, n, matrices, layout, 0, divisor), set);
        var cut = random.NextInt64(0, matrices * groups + 1);
        fixed (int* starts0 = starts, list0 = list)
        {
            long[] arguments =
                [(long)packed.Pointer, (long)rows.Pointer, (long)(output.Pointer + Guard), (long)starts0, (long)list0, stride];
            kernel.Invoke(arguments, 0, cut);
            kernel.Invoke(arguments, cut, matrices * groups);
        }

        var single = QuantizedMatMulEmitter.Emit(new WeightMatMul(type, k, n, layout, RowClass.One), set);
        var expected = new float[n];
        for (var row = 0; row < m; row++)
        {
            fixed (float* pointer = expected)
            {
                single.Invoke(
                    [
                        (long)(packed.Pointer + matrixOf[row] * matrixBytes), (long)(rows.Pointer + row / divisor * layout.Stride),
                        (long)pointer, 1, 0,
                    ],
                    0, groups);
            }

            var bytes = new Span<byte>(output.Pointer + Guard + row * stride, n * sizeof(float));
            AssertSame(expected, MemoryMarshal.Cast<byte, float>(bytes), $"{where}, row {row}");
            bytes.Fill(Poison);
        }

        var rest = new ReadOnlySpan<byte>(output.Pointer, (int)output.Bytes).IndexOfAnyExcept(Poison);
        Assert.True(rest < 0, $"{where}: byte {rest - Guard} outside of the output was written");
    }

    private static void Check(DType type, InstructionSet set, int seed, bool isExtreme)
    {
        var random = new Random(seed * 100 + (int)type);
        var k = type.BlockElements * random.Next(1, type.BlockElements > 32 ? 4 : 20);
        if (seed % 4 == 1) k += 1024;
        var n = random.Next(1, 100);
        var m = seed % 4 == 0 ? random.Next(1, 3) : random.Next(1, 41);
        var layout = new QuantizedRows(k, Biases(type, random));
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
        AssertSame(many, pieces, $"{where}, cut at {cut}");
        var few = Multiply(set, RowClass.Few, type, k, n, m, layout, packed, rows, [0, cut, BlockWeights.Groups(n)], where);
        AssertSame(many, few, $"{where}, few");
        using var one = new NativeBlock(layout.Stride);
        var last = m - 1;
        new ReadOnlySpan<byte>(rows.Pointer + last * layout.Stride, (int)layout.Stride).CopyTo(new(one.Pointer, (int)layout.Stride));
        var single = Multiply(set, RowClass.One, type, k, n, 1, layout, packed, one, [0, BlockWeights.Groups(n)], where);
        AssertSame(many.AsSpan(last * n), single, $"{where}, one");
    }

    private static ImmutableArray<Bias> Biases(DType type, Random random)
    {
        Bias own = BlockWeights.BiasOf(type)!.Value, other = new(16, 99);
        return random.Next(3) switch { 0 => [own], 1 => [other, own], _ => [own, other] };
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
            kernel.Invoke(
                [(long)packed.Pointer, (long)rows.Pointer, (long)(output.Pointer + Guard), m, stride], cuts[piece - 1], cuts[piece]);
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

    private static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string where)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{where}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }
}

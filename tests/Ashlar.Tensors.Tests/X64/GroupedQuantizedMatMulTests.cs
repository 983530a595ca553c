using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Products of quantized rows with the matrices of experts, against products with each matrix alone.</summary>
public sealed unsafe class GroupedQuantizedMatMulTests
{
    private const int Guard = 256, Shapes = 9;
    private const byte Poison = 0xCD;

    public static TheoryData<string> Sets => InstructionSets.Emitted;

    private static DType[] Types { get; } = [.. Enum.GetValues<DType>().Where(BlockWeights.CanPack)];

    [Theory, MemberData(nameof(Sets))]
    public void Experts_multiply_to_the_same_bits_as_matrices_of_their_own(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var type in Types)
        {
            for (var shape = 0; shape < Shapes; shape++) Check(type, set, seed: shape);
        }
    }

    private static void Check(DType type, InstructionSet set, int seed)
    {
        var random = new Random(seed * 1000 + (int)type);
        var k = type.BlockElements * random.Next(1, type.BlockElements > 32 ? 4 : 10) + (seed == 2 ? 4096 : seed == 4 ? 1024 : 0);
        var (n, matrices, divisor) = (random.Next(1, 100), random.Next(1, 6), random.Next(1, 5));
        var inputs = random.Next(1, 12);
        var m = inputs * divisor;
        var layout = new QuantizedRows(k, QuantizedRowsOf.Biases(type, random));
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
                        (long)(packed.Pointer + matrixOf[row] * matrixBytes),
                        (long)(rows.Pointer + row / divisor * layout.Stride), (long)pointer, 1, 0,
                    ],
                    0, groups);
            }

            var bytes = new Span<byte>(output.Pointer + Guard + row * stride, n * sizeof(float));
            SameBits.Assert(expected, MemoryMarshal.Cast<byte, float>(bytes), $"{where}, row {row}");
            bytes.Fill(Poison);
        }

        var rest = new ReadOnlySpan<byte>(output.Pointer, (int)output.Bytes).IndexOfAnyExcept(Poison);
        Assert.True(rest < 0, $"{where}: byte {rest - Guard} outside of the output was written");
    }
}

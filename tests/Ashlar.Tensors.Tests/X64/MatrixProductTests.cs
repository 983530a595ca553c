using Ashlar.Tensors.Backends;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Products of matrices that a run computes, and what is packed for them, beside sums in double precision.</summary>
public sealed unsafe class MatrixProductTests
{
    private const int Cases = 120;

    public static TheoryData<string> Sets => [.. InstructionSets.Emitted.Select(set => (string)set), "portable"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Products_are_the_sums_whatever_lies_transposed_and_however_items_are_cut(string name)
    {
        var set = name == "portable" ? InstructionSet.Portable : InstructionSets.Require(name);
        for (var seed = 0; seed < Cases; seed++) Check(new Random(seed), set, $"seed {seed}");
    }

    private static void Check(Random random, InstructionSet set, string seed)
    {
        var isLong = random.Next(8) == 0;
        var (m, n) = (random.Next(4) == 0 ? random.Next(100, 230) : random.Next(1, 40), random.Next(1, 90));
        var (k, matrices) = (isLong ? random.Next(500, 1100) : random.Next(1, 50), isLong ? 1 : random.Next(1, 4));
        var (isLeftTransposed, isRightTransposed, isShared) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(3) == 0);
        var form = (RightForm)random.Next(set >= InstructionSet.Avx512Bf16 ? 3 : 2);
        var isPacked = isRightTransposed || form != RightForm.Singles || random.Next(2) == 0;
        var type = form == RightForm.Pairs ? DType.BF16 : DType.F32;
        int[] heights = [12, 24, 60, MatrixProduct.MostBlockRows, 1 << 30];
        var blockRows = heights[random.Next(heights.Length)];
        var isAdded = random.Next(3) == 0;
        var spec = new MatrixProduct(type, k, n, isLeftTransposed, isPacked, blockRows, random.Next(1, 7), isAdded);
        var about = $"{seed}: {matrices} of {m} rows, {spec}";

        var (left, right) = (Numbers(random, matrices * m * k), Numbers(random, (isShared ? 1 : matrices) * k * n));
        using var rightMemory = GuardedBlock.Of<float>(right);
        using var leftMemory = GuardedBlock.Of<float>(left);
        using var packed = new GuardedBlock((isShared ? 1 : matrices) * PlainWeights.Bytes(type, k, n));
        using var converted = new GuardedBlock(matrices * Math.Max(m * BFloat16Rows.Stride(k), m * (k + 1L) / 2 * 4 + 4 * m));
        using var output = new GuardedBlock(matrices * m * n * sizeof(float));
        if (isPacked)
        {
            var packing = new RightPacking(form, k, n, isRightTransposed);
            var groups = (isShared ? 1 : matrices) * PlainWeights.Groups(n);
            Run(random, packing, set, groups, (long)rightMemory.Pointer, (long)packed.Pointer);
            packed.Check(about);
        }

        var leftBytes = m * k * sizeof(float);
        var leftAddress = (long)leftMemory.Pointer;
        if (type == DType.BF16)
        {
            leftAddress = (long)converted.Pointer;
            leftBytes = isLeftTransposed ? (k + 1) / 2 * m * 4 : (int)(m * BFloat16Rows.Stride(k));
            if (isLeftTransposed)
            {
                Run(random, new PairRows(k), set, matrices * ((k + 1) / 2), (long)leftMemory.Pointer, leftAddress, m);
            }
            else
            {
                var program = new RowProgram(
                    k, [new RowInput(false, k)], [new RowStep(RowOperation.Input, 0)], [new RowOutput(0, RowForm.BF16, 0)]);
                Run(random, program, set, matrices * m, (long)leftMemory.Pointer, leftAddress);
            }

            converted.Check(about);
        }

        var before = isAdded ? Numbers(random, matrices * m * n) : [];
        before.CopyTo(new Span<float>(output.Floats, before.Length));
        var blocks = (m + (long)blockRows - 1) / blockRows;
        long rightBytes = isShared ? 0 : isPacked ? PlainWeights.Bytes(type, k, n) : k * n * sizeof(float);
        var rightAddress = isPacked ? (long)packed.Pointer : (long)rightMemory.Pointer;
        Run(
            random, spec, set, matrices * blocks * spec.Parts, rightAddress, leftAddress, (long)output.Pointer, m, leftBytes,
            rightBytes, m * n * sizeof(float), m * sizeof(float));
        output.Check(about);
        if (form == RightForm.Pairs) Round(left);
        if (form != RightForm.Singles) Round(right);
        for (var at = 0; at < matrices * m * n; at++)
        {
            var (matrix, row, column) = (at / n / m, at / n % m, at % n);
            double sum = isAdded ? before[at] : 0, magnitude = Math.Abs(sum);
            for (var i = 0; i < k; i++)
            {
                var x = left[matrix * m * k + (isLeftTransposed ? i * m + row : row * k + i)];
                var y = right[(isShared ? 0 : matrix) * k * n + (isRightTransposed ? column * k + i : i * n + column)];
                sum += (double)x * y;
                magnitude += Math.Abs((double)x * y);
            }

            var tolerance = (4 + Math.Sqrt(k)) * magnitude * Math.Pow(2, -23) + 1e-37;
            var actual = output.Floats[at];
            Assert.True(Math.Abs(actual - sum) <= tolerance, $"{about}: ({matrix}, {row}, {column}) is {actual}, not {sum}");
        }
    }

    // In pieces of random lengths.
    private static void Run(Random random, KernelSpecification spec, InstructionSet set, long count, params long[] arguments)
    {
        Assert.Equal(spec.ArgumentCount, arguments.Length);
        var kernel = KernelSource.Get(spec, set);
        long from = 0;
        while (from < count)
        {
            var to = Math.Min(count, from + random.NextInt64(1, count + 1));
            kernel.Invoke(arguments, from, to);
            from = to;
        }
    }

    private static float[] Numbers(Random random, int count)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan()) number = random.NextSingle() * 2 - 1;
        return numbers;
    }

    private static void Round(float[] numbers)
    {
        foreach (ref var number in numbers.AsSpan())
        {
            number = BitConverter.UInt32BitsToSingle(BFloat16Numbers.Round(BitConverter.SingleToUInt32Bits(number)));
        }
    }
}

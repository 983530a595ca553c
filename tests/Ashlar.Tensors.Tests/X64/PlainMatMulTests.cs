using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Runtime;
using Iced.Intel;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Matmuls by plain weights, as they are emitted, against exact sums.</summary>
public abstract unsafe class PlainMatMulTests(DType type)
{
    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Products_are_exact_to_rounding_on_random_shapes(string name)
    {
        var set = InstructionSets.Require(name);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var shape = 0; shape < 200; shape++)
        {
            var k = shape % 10 == 0 ? random.Next(500, 1300) : random.Next(1, 90);
            var n = random.Next(1, shape % 3 == 0 ? 300 : 50);
            var rowClass = (RowClass)(shape % 3);
            var m = rowClass switch { RowClass.One => 1, RowClass.Few => random.Next(1, 13), _ => random.Next(0, 40) };
            using var matmul = new PlainMatMulCase(random, type, set, k, n, m);
            var about = $"seed {seed}, shape {shape}: {m} x {k} x {n}, {rowClass}";
            matmul.Check(matmul.Run(matmul.Emit(rowClass), 0, m), 0, about);
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Extreme_shapes_are_right(string name)
    {
        var set = InstructionSets.Require(name);
        var seed = Random.Shared.Next();
        foreach (var (m, k, n) in new[] { (1, 1, 1), (7, 3, 5), (2, 2, 300_000), (5000, 5, 17), (0, 9, 20), (3, 20_011, 18) })
        {
            using var matmul = new PlainMatMulCase(new Random(seed), type, set, k, n, m);
            var about = $"seed {seed}: {m} x {k} x {n}";
            matmul.Check(matmul.Run(matmul.Emit(RowClass.Many), 0, m), 0, about);
            if (m <= 12) matmul.Check(matmul.Run(matmul.Emit(RowClass.Few), 0, m), 0, about);
            if (m > 0) matmul.Check(matmul.Run(matmul.Emit(RowClass.One), 0, 1), 0, about);
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Bits_do_not_depend_on_the_row_class_or_the_cut(string name)
    {
        var set = InstructionSets.Require(name);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var shape = 0; shape < 12; shape++)
        {
            var k = random.Next(1, shape < 4 ? 1200 : 200);
            var n = random.Next(1, shape < 4 ? 60 : 400);
            var m = shape == 0 ? 200 : random.Next(13, 50);
            using var matmul = new PlainMatMulCase(random, type, set, k, n, m);
            var about = $"seed {seed}, shape {shape}: {m} x {k} x {n}";
            Kernel one = matmul.Emit(RowClass.One), few = matmul.Emit(RowClass.Few), many = matmul.Emit(RowClass.Many);
            var all = matmul.Run(many, 0, m);
            matmul.Check(all, 0, about);
            var middle = random.NextInt64(matmul.Groups + 1);
            Assert.True(all.AsSpan().SequenceEqual(matmul.Run(many, 0, m, middle)), $"{about}, cut at {middle}");
            for (var rows = 1; rows <= 12; rows++)
            {
                var first = random.Next(m - rows + 1);
                var expected = all.AsSpan(first * n, rows * n);
                var cut = random.NextInt64(matmul.Groups + 1);
                Assert.True(expected.SequenceEqual(matmul.Run(few, first, rows, cut)), $"{about}, {rows} rows from {first}");
                Assert.True(expected.SequenceEqual(matmul.Run(many, first, rows)), $"{about}, {rows} of many from {first}");
                Assert.True(expected[..n].SequenceEqual(matmul.Run(one, first, 1, cut)), $"{about}, row {first}, cut at {cut}");
            }
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Nothing_is_kept_on_the_stack(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var rowClass in Enum.GetValues<RowClass>())
        {
            AssertNoStack(PlainMatMulEmitter.Emit(new WeightMatMul(type, 1001, 77, null, rowClass, 4096), set), $"{rowClass}");
        }

        AssertNoStack(PlainMatMulEmitter.EmitGrouped(new GroupedWeightMatMul(type, 1001, 77, 5, null, 4096, 2), set), "grouped");
    }

    /// <summary>Fails where an instruction before the end names the stack, other than the frame's.</summary>
    private static void AssertNoStack(Kernel kernel, string about)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the frame itself keeps vectors on the stack");
        using var stream = new UnmanagedMemoryStream((byte*)kernel.Function, 1 << 20);
        var decoder = Decoder.Create(64, new StreamCodeReader(stream));
        var count = 0;
        while (true)
        {
            decoder.Decode(out var instruction);
            Assert.False(instruction.IsInvalid, about);
            if (instruction.Mnemonic == Mnemonic.Ret) break;
            count++;
            if (instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop) continue;
            Assert.False(instruction.MemoryBase == Register.RSP, $"{about}: {instruction}");
            Assert.False(instruction.Op0Register == Register.RSP, $"{about}: {instruction}");
        }

        Assert.True(count > 100, $"{about}: only {count} instructions");
        GC.KeepAlive(kernel);
    }
}

/// <summary>Weights of F32.</summary>
public sealed class PlainMatMulF32Tests() : PlainMatMulTests(DType.F32);

/// <summary>Weights of F16.</summary>
public sealed class PlainMatMulF16Tests() : PlainMatMulTests(DType.F16);

/// <summary>Weights of BF16.</summary>
public sealed class PlainMatMulBF16Tests() : PlainMatMulTests(DType.BF16);

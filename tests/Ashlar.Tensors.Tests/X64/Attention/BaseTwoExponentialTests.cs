using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Backends.X64.Attention;
using Ashlar.Tensors.Runtime;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Powers of two and the soft cap, number by number.</summary>
public sealed unsafe class BaseTwoExponentialTests
{
    private const float Cap = 30;

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Powers_are_right_to_two_units_in_the_last_place(string name)
    {
        var kernel = Emit(InstructionSets.Require(name), exponential => exponential.Emit(0, 1, 2));
        var numbers = Enumerable.Range(0, 160_000).Select(i => -126f * i / 160_000).ToArray();
        var powers = Map(kernel, numbers);
        for (var i = 0; i < numbers.Length; i++)
        {
            var expected = Math.Pow(2, numbers[i]);
            var unit = MathF.BitIncrement((float)expected) - (double)(float)expected;
            if (Math.Abs(powers[i] - expected) <= 2 * unit) continue;
            Assert.Fail($"2^{numbers[i]:R} is {powers[i]:R}, not {expected:R}");
        }

        Assert.Equal(
            [1, 1, 0.5f, 0, 0, float.NaN],
            Map(kernel, [0, -0f, -1, float.NegativeInfinity, -1e30f, float.NaN])[..6]);
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Caps_are_right_to_a_few_units_in_the_last_place_near_zero_too(string name)
    {
        var kernel = Emit(InstructionSets.Require(name), exponential => exponential.EmitCap(0, Cap, 1, 2, 3, 4));
        var numbers = Enumerable.Range(0, 160_000).Select(i => (float)((i % 2 * 2 - 1) * Math.Exp(i / 10_000.0 - 12))).ToArray();
        var capped = Map(kernel, numbers);
        for (var i = 0; i < numbers.Length; i++)
        {
            var expected = Cap * Math.Tanh(numbers[i]);
            if (Math.Abs(capped[i] - expected) <= 5e-7 * Math.Abs(expected)) continue;
            Assert.Fail($"the cap of {numbers[i]:R} is {capped[i]:R}, not {expected:R}");
        }

        Assert.Equal(
            [0, Cap, -Cap, Cap, float.NaN],
            Map(kernel, [0, float.PositiveInfinity, float.NegativeInfinity, 1e30f, float.NaN])[..5]);
    }

    private static Ashlar.Tensors.Runtime.Kernel Emit(InstructionSet set, Action<BaseTwoExponential> emit)
    {
        var assembler = new KernelAssembler(set);
        var vectors = new CacheVectors(assembler);
        var code = assembler.Code;
        var loop = code.CreateLabel();
        code.mov(rax, KernelAssembler.Argument(0));
        code.mov(rbx, KernelAssembler.Argument(1));
        code.Label(ref loop);
        vectors.Load(0, __[rax + KernelAssembler.From * 4]);
        emit(new BaseTwoExponential(vectors, code));
        vectors.Store(__[rbx + KernelAssembler.From * 4], 0);
        code.add(KernelAssembler.From, vectors.Lanes);
        code.cmp(KernelAssembler.From, KernelAssembler.To);
        code.jl(loop);
        return assembler.Finish();
    }

    private static float[] Map(Ashlar.Tensors.Runtime.Kernel kernel, float[] numbers)
    {
        var padded = new float[(numbers.Length + 15) / 16 * 16];
        numbers.CopyTo(padded, 0);
        using var input = GuardedBlock.Of<float>(padded);
        using var output = new GuardedBlock(padded.Length * sizeof(float));
        kernel.Invoke([(long)input.Pointer, (long)output.Pointer], 0, padded.Length);
        output.Check("output");
        return [.. new ReadOnlySpan<float>(output.Floats, numbers.Length)];
    }
}

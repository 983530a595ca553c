using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.RowPrograms;
using Ashlar.Tensors.Runtime;
using Iced.Intel;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The code of row programs itself: what it may consist of, and that it does not spill where it must be fast.</summary>
public sealed unsafe class RowCodeTests
{
    [Fact]
    public void Code_for_256_bits_has_no_instruction_of_AVX_512()
    {
        Assert.SkipUnless(Processor.IsSupported(InstructionSet.Avx2), "the processor has no AVX2");
        CpuidFeature[] allowed =
        [
            CpuidFeature.AVX, CpuidFeature.AVX2, CpuidFeature.FMA, CpuidFeature.X64, CpuidFeature.INTEL8086,
            CpuidFeature.INTEL386,
        ];
        for (var seed = 0; seed < 100; seed++)
        {
            var program = RowProgramTests.NewProgram(new Random(seed));
            foreach (var instruction in Instructions(RowProgramEmitter.Emit(program, InstructionSet.Avx2)))
            {
                Assert.True(instruction.CpuidFeatures.All(allowed.Contains), $"{instruction} in seed {seed}: {program}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void The_programs_of_every_layer_keep_their_values_in_registers(string name)
    {
        var set = InstructionSets.Require(name);
        const int Width = 2048;
        var quantized = new QuantizedRows(Width, [new(32, 8)]);
        ImmutableArray<RowInput> inputs = [new(false, Width), new(false, Width), new(false, 0)];
        RowProgram[] programs =
        [
            // A residual, its norm, and the norm quantized.
            new(Width, inputs,
                [new(RowOperation.Input, 0), new(RowOperation.Input, 1), new(RowOperation.Input, 2), new(RowOperation.Add, 0, 1),
                    new(RowOperation.Multiply, 3, 3), new(RowOperation.SumOfRow, 4),
                    new(RowOperation.Constant, Value: 1f / Width),
                    new(RowOperation.Multiply, 5, 6), new(RowOperation.SquareRoot, 7), new(RowOperation.Reciprocal, 8),
                    new(RowOperation.Multiply, 3, 9), new(RowOperation.Multiply, 10, 2)],
                [new(3, RowForm.F32, Width), new(11, RowForm.Q8, 0, quantized)]),
            // A gate.
            new(Width, inputs,
                [new(RowOperation.Input, 0), new(RowOperation.Input, 1), new(RowOperation.Negate, 0),
                    new(RowOperation.Exponential, 2),
                    new(RowOperation.Constant, Value: 1), new(RowOperation.Add, 3, 4), new(RowOperation.Divide, 0, 5),
                    new(RowOperation.Multiply, 6, 1)],
                [new(7, RowForm.Q8, 0, quantized)]),
        ];
        foreach (var program in programs)
        {
            var kept = new RowFrame(program, new RowSchedule(program)).Spills;
            Assert.Equal(kept, RowProgramEmitter.Emit(program, set).ScratchBytes);
            RowProgramTests.Check(program, set, new Random(1), 2, program.Key);
        }
    }

    /// <summary>A kernel's instructions up to its return.</summary>
    private static List<Instruction> Instructions(Kernel kernel)
    {
        var decoder = Decoder.Create(64, new UnmanagedCode((nint)kernel.Function));
        List<Instruction> instructions = [];
        do
        {
            instructions.Add(decoder.Decode());
            Assert.False(instructions[^1].IsInvalid);
        }
        while (instructions[^1].Mnemonic != Mnemonic.Ret);

        GC.KeepAlive(kernel);
        return instructions;
    }

    private sealed class UnmanagedCode(nint code) : CodeReader
    {
        private int _position;

        public override int ReadByte() => Marshal.ReadByte(code, _position++);
    }
}

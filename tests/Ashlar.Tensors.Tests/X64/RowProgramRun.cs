using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.RowPrograms;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Runs row programs on memory that was poisoned and is guarded.</summary>
internal static unsafe class RowProgramRun
{
    private const int GuardBytes = 256;
    private const byte Poison = 0xCD;

    private static readonly ConcurrentDictionary<(RowOperation Operation, InstructionSet Set), Kernel> Functions = [];

    /// <summary>Bytes from row to row of an output.</summary>
    public static long StrideOf(RowProgram program, RowOutput output) => output.Form switch
    {
        RowForm.BF16 => BFloat16Rows.Stride(program.Width),
        RowForm.Q8 => output.Quantized!.Stride,
        _ => output.Stride * sizeof(float),
    };

    /// <summary>The bytes of each output's rows, as [0, rows) gives them, in pieces that the cuts bound.</summary>
    public static byte[][] Run(
        RowProgram program, InstructionSet set, float[][] inputs, int rows, string because, params ReadOnlySpan<int> cuts)
    {
        var kernel = RowProgramEmitter.Emit(program, set);
        return Run(program, kernel, inputs, rows, because, cuts);
    }

    /// <summary>The same with a kernel that was emitted before.</summary>
    public static byte[][] Run(
        RowProgram program, Kernel kernel, float[][] inputs, int rows, string because, params ReadOnlySpan<int> cuts)
    {
        var outputs = program.Outputs
            .Select(output => NewPoisoned(checked((int)(StrideOf(program, output) * rows)) + 2 * GuardBytes)).ToArray();
        var pinned = inputs.Select(input => GCHandle.Alloc(input, GCHandleType.Pinned)).ToArray();
        try
        {
            long[] arguments = [
                .. pinned.Select(input => (long)input.AddrOfPinnedObject()),
                .. outputs.Select(output => (long)Marshal.UnsafeAddrOfPinnedArrayElement(output, GuardBytes)),
            ];
            var from = 0;
            foreach (var cut in cuts)
            {
                kernel.Invoke(arguments, from, cut);
                from = cut;
            }

            kernel.Invoke(arguments, from, rows);
        }
        finally
        {
            foreach (var input in pinned) input.Free();
        }

        foreach (var output in outputs)
        {
            Assert.True(output.AsSpan(0, GuardBytes).IndexOfAnyExcept(Poison) < 0, $"wrote before the first row: {because}");
            var after = output.AsSpan(output.Length - GuardBytes);
            Assert.True(after.IndexOfAnyExcept(Poison) < 0, $"wrote past the last row: {because}");
        }

        return [.. outputs.Select(output => output[GuardBytes..^GuardBytes])];
    }

    /// <summary>A function of each element, by a kernel.</summary>
    public static float[] Function(RowOperation operation, InstructionSet set, params float[][] operands)
    {
        const int Width = 64;
        var steps = operands.Select((_, i) => new RowStep(RowOperation.Input, i))
            .Append(new(operation, 0, operands.Length > 1 ? 1 : -1));
        var program = new RowProgram(
            Width, [.. operands.Select(_ => new RowInput(false, Width))], [.. steps], [new(operands.Length, RowForm.F32, Width)]);
        var kernel = Functions.GetOrAdd((operation, set), _ => RowProgramEmitter.Emit(program, set));
        var (length, rows) = (operands[0].Length, (operands[0].Length + Width - 1) / Width);
        foreach (ref var operand in operands.AsSpan()) Array.Resize(ref operand, rows * Width);
        return Floats(Run(program, kernel, operands, rows, operation.ToString())[0], 0, length);
    }

    /// <summary>F32 elements from an offset in bytes on.</summary>
    public static float[] Floats(byte[] bytes, long offset, int count) =>
        MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)offset, count * sizeof(float))).ToArray();

    private static byte[] NewPoisoned(int bytes)
    {
        var memory = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        memory.AsSpan().Fill(Poison);
        return memory;
    }
}

using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;
using Iced.Intel;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>What the emitted products of quantized rows do with single weights, and what their code is made of.</summary>
public sealed unsafe class QuantizedMatMulCodeTests
{
    public static TheoryData<string> Sets => InstructionSets.Emitted;

    private static DType[] Types { get; } = [.. Enum.GetValues<DType>().Where(BlockWeights.CanPack)];

    [Theory, MemberData(nameof(Sets))]
    public void Rows_with_a_single_one_bring_out_every_weight_exactly(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var type in Types)
        {
            const int Columns = 256;
            var random = new Random((int)type);
            var k = type.BlockElements;
            var source = WeightBytes.Random(type, k * Columns, random, isExtreme: false);
            // Every scale that the format has.
            for (var column = 0; column < Columns && type == DType.MXFP4; column++)
            {
                source[column * type.BlockBytes] = (byte)column;
            }

            var weights = new float[k * Columns];
            NumberFormats.Dequantize(type, source, weights);
            using var packed = new NativeBlock(BlockWeights.Bytes(type, k, Columns));
            fixed (byte* pointer = source)
            {
                BlockWeights.Pack(type, pointer, k, Columns, 0, BlockWeights.Groups(Columns), packed.Pointer);
            }

            var bias = BlockWeights.BiasOf(type)!.Value;
            var layout = new QuantizedRows(k, [bias]);
            using var rows = new NativeBlock(k * layout.Stride);
            new Span<byte>(rows.Pointer, (int)rows.Bytes).Clear();
            for (var i = 0; i < k; i++)
            {
                var row = rows.Pointer + i * layout.Stride;
                row[i] = 1;
                ((float*)(row + layout.Scales))[i / QuantizedRows.Group] = 1;
                var place = row + layout.OffsetOf(bias) + i / bias.Group * 4;
                if (bias.Zero == 0) *(float*)place = 1;
                else *(int*)place = -bias.Zero;
            }

            var output = new float[k * Columns];
            fixed (float* pointer = output)
            {
                QuantizedMatMulEmitter.Emit(new WeightMatMul(type, k, Columns, layout, RowClass.Many), set).Invoke(
                    [(long)packed.Pointer, (long)rows.Pointer, (long)pointer, k, Columns * sizeof(float)],
                    0, BlockWeights.Groups(Columns));
            }

            for (var i = 0; i < k; i++)
            {
                for (var column = 0; column < Columns; column++)
                {
                    var (expected, actual) = (weights[column * k + i], output[i * Columns + column]);
                    Assert.True(expected == actual, $"{type}, {name}: weight {i} of {column} is {actual}, not {expected}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Kernels_keep_everything_in_registers(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var type in Types)
        {
            var layout = new QuantizedRows(2048, [BlockWeights.BiasOf(type)!.Value]);
            foreach (var rowClass in Enum.GetValues<RowClass>())
            {
                AssertNoStack(
                    QuantizedMatMulEmitter.Emit(new WeightMatMul(type, 2048, 100, layout, rowClass), set), $"{type}, {rowClass}");
            }

            AssertNoStack(QuantizedMatMulEmitter.EmitGrouped(new(type, 2048, 100, 4, layout, 0, 2), set), $"{type}, grouped");
        }
    }

    // Reads the code up to its only return; the frame's own pushes and pops have no memory operand.
    private static void AssertNoStack(Kernel kernel, string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "on Windows the frame saves vectors on the stack");
        const int MostBytes = 1 << 20;
        var address = (byte*)kernel.Function;
        var decoder = Decoder.Create(64, new PointerReader(address, MostBytes));
        var count = 0;
        for (; ; count++)
        {
            var instruction = decoder.Decode();
            if (instruction.Code == Code.Retnq) break;
            Assert.False(instruction.IsInvalid, $"{what}: no instruction at {instruction.IP:x}");
            var isStack = instruction.MemoryBase is Register.RSP && instruction.Mnemonic is not (Mnemonic.Push or Mnemonic.Pop);
            Assert.False(isStack, $"{what}: {instruction} uses the stack");
        }

        Assert.True(count > 50, $"{what}: only {count} instructions");
        GC.KeepAlive(kernel);
    }

    private sealed class PointerReader(byte* next, int bytes) : CodeReader
    {
        private int _at;

        public override int ReadByte() => _at < bytes ? next[_at++] : -1;
    }
}

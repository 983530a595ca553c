using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Bench.Limits;

/// <summary>
/// A loop that loads memory and does nothing with it. Which loads bring the most differs by processor, so there are some forms;
/// the fastest of them is the limit.
/// <para>Range: parts of <see cref="PartBytes"/>. Arguments: the address.</para>
/// </summary>
/// <param name="Bits">Bits of a load: 256 or 512.</param>
/// <param name="Streams">Places that are read in turn: 1, 2 or 4.</param>
/// <param name="Ahead">How many bytes ahead of the loads lines are prefetched; 0 for not at all.</param>
internal sealed record ReadLoop(int Bits, int Streams, int Ahead)
{
    /// <summary>Bytes of a part, 2^14.</summary>
    public const int PartBytes = 1 << PartShift;

    private const int PartShift = 14, Line = 64, LinesPerTurn = 4;

    private static readonly ReadLoop[] All =
    [
        new(512, 1, 0), new(512, 1, 2048), new(512, 4, 0), new(512, 4, 2048),
        new(256, 1, 0), new(256, 1, 2048), new(256, 4, 0), new(256, 4, 2048),
    ];

    /// <summary>The forms that the chosen instruction set has.</summary>
    public static IEnumerable<ReadLoop> Forms =>
        All.Where(form => form.Bits == 256 || Processor.Chosen() >= InstructionSet.Avx512);

    public override string ToString() =>
        $"{Bits}-bit loads, {Streams} stream{(Streams == 1 ? "" : "s")}{(Ahead > 0 ? $", prefetch {Ahead} bytes ahead" : "")}";

    /// <summary>Emits the loop.</summary>
    public Kernel Emit()
    {
        var assembler = new KernelAssembler(Bits == 512 ? InstructionSet.Avx512 : InstructionSet.Avx2);
        var code = assembler.Code;
        var left = rax; // bytes of each stream
        AssemblerRegister64[] places = [r8, r9, r10, r11];

        code.mov(left, KernelAssembler.To);
        code.sub(left, KernelAssembler.From);
        code.shl(left, PartShift);
        code.shl(KernelAssembler.From, PartShift);
        code.add(KernelAssembler.From, KernelAssembler.Argument(0));
        code.mov(places[0], KernelAssembler.From);
        for (var streams = Streams; streams > 1; streams /= 2) code.shr(left, 1);
        for (var stream = 1; stream < Streams; stream++) code.lea(places[stream], __[places[stream - 1] + left]);

        var loop = code.CreateLabel();
        code.Label(ref loop);
        foreach (var place in places.AsSpan(0, Streams))
        {
            for (var line = 0; line < LinesPerTurn; line++)
            {
                if (Ahead > 0) code.prefetcht0(__byte_ptr[place + line * Line + Ahead]);
                if (Bits == 512) code.vmovdqa64(zmm0, __zmmword_ptr[place + line * Line]);
                else
                {
                    code.vmovdqa(ymm0, __ymmword_ptr[place + line * Line]);
                    code.vmovdqa(ymm1, __ymmword_ptr[place + line * Line + Line / 2]);
                }
            }

            code.add(place, LinesPerTurn * Line);
        }

        code.sub(left, LinesPerTurn * Line);
        code.jnz(loop);
        return assembler.Finish();
    }
}

using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Bench.Limits;

/// <summary>What numbers an arithmetic loop multiplies: what kernels with such numbers are measured against.</summary>
internal enum Arithmetic
{
    /// <summary>Bytes, added up in 32 bits.</summary>
    Int8,
    /// <summary>bfloat16, added up in float32.</summary>
    BFloat16,
    /// <summary>float32.</summary>
    Float32,
}

/// <summary>
/// A loop of one multiply-add instruction in so many independent chains that nothing but the arithmetic units holds it up.
/// <para>Range: turns of <see cref="OperationsPerTurn"/>. Arguments: the address of <see cref="MemoryBytes"/> bytes, which
/// broadcasts are read from.</para>
/// </summary>
/// <param name="Arithmetic">The numbers.</param>
/// <param name="Name">The instruction.</param>
/// <param name="Least">The least instruction set that has it.</param>
/// <param name="Bits">Bits of a vector.</param>
/// <param name="IsBroadcast">Whether a factor is one element in memory, for all lanes.</param>
internal sealed record ArithmeticLoop(Arithmetic Arithmetic, string Name, InstructionSet Least, int Bits, bool IsBroadcast)
{
    /// <summary>Bytes that broadcasts are read from.</summary>
    public const int MemoryBytes = Chains * Unrolled * sizeof(int);

    // Twelve chains hide six cycles at two instructions a cycle, and leave registers for the factors of sixteen.
    private const int Chains = 12, Unrolled = 4;

    private static readonly ArithmeticLoop[] All =
    [
        new(Arithmetic.Int8, "vpdpbusd", InstructionSet.Avx512Vnni, 512, false),
        new(Arithmetic.Int8, "vpdpbusd", InstructionSet.Avx512Vnni, 512, true),
        new(Arithmetic.Int8, "vpdpbusd", InstructionSet.Avx2Vnni, 256, false),
        new(Arithmetic.Int8, "vpdpbusd", InstructionSet.Avx512Vnni, 256, true),
        new(Arithmetic.Int8, "vpmaddubsw + vpmaddwd + vpaddd", InstructionSet.Avx512, 512, false),
        new(Arithmetic.Int8, "vpmaddubsw + vpmaddwd + vpaddd", InstructionSet.Avx2, 256, false),
        new(Arithmetic.BFloat16, "vdpbf16ps", InstructionSet.Avx512Bf16, 512, false),
        new(Arithmetic.BFloat16, "vdpbf16ps", InstructionSet.Avx512Bf16, 512, true),
        new(Arithmetic.BFloat16, "vdpbf16ps", InstructionSet.Avx512Bf16, 256, false),
        new(Arithmetic.BFloat16, "vdpbf16ps", InstructionSet.Avx512Bf16, 256, true),
        new(Arithmetic.Float32, "vfmadd231ps", InstructionSet.Avx512, 512, false),
        new(Arithmetic.Float32, "vfmadd231ps", InstructionSet.Avx512, 512, true),
        new(Arithmetic.Float32, "vfmadd231ps", InstructionSet.Avx2, 256, false),
        new(Arithmetic.Float32, "vfmadd231ps", InstructionSet.Avx512, 256, true),
    ];

    /// <summary>The forms that this processor can run, and the chosen instruction set has.</summary>
    public static IEnumerable<ArithmeticLoop> Forms =>
        All.Where(form => Processor.IsSupported(form.Least) && form.Least <= Processor.Chosen());

    /// <summary>Multiplications and additions of a turn of the loop.</summary>
    public int OperationsPerTurn => Chains * Unrolled * 2 * Bits / Arithmetic switch
    {
        Arithmetic.Int8 => 8,
        Arithmetic.BFloat16 => 16,
        _ => 32,
    };

    public override string ToString() => $"{Name}, {Bits} bits, {(IsBroadcast ? "broadcast from memory" : "registers")}";

    /// <summary>Emits the loop.</summary>
    public Kernel Emit()
    {
        // 256 bits of AVX-512 are emitted as the smaller set's, which knows how this processor encodes them.
        var assembler = new KernelAssembler(Bits == 256 && Least < InstructionSet.Avx512 ? Least : Processor.Best);
        var code = assembler.Code;
        var memory = r8;
        code.mov(memory, KernelAssembler.Argument(0));
        for (var vector = Chains; vector < 16; vector++) code.vmovups(Ymm(vector), __ymmword_ptr[memory]);
        if (Bits == 512) for (var vector = Chains; vector < 16; vector++) code.vmovups(Zmm(vector), __zmmword_ptr[memory]);
        for (var chain = 0; chain < Chains; chain++) code.vxorps(Ymm(chain), Ymm(chain), Ymm(chain));
        code.sub(KernelAssembler.To, KernelAssembler.From);

        var loop = code.CreateLabel();
        code.Label(ref loop);
        for (var i = 0; i < Chains * Unrolled; i++) EmitOne(code, i % Chains, __dword_bcst[memory + i * sizeof(int)]);
        code.dec(KernelAssembler.To);
        code.jnz(loop);
        return assembler.Finish();
    }

    private void EmitOne(Assembler code, int chain, AssemblerMemoryOperand element)
    {
        const int a = Chains, b = Chains + 1, ones = Chains + 2, product = Chains + 3;
        switch (Name, Bits, IsBroadcast)
        {
            case ("vpdpbusd", 512, false): code.vpdpbusd(Zmm(chain), Zmm(a), Zmm(b)); break;
            case ("vpdpbusd", 512, true): code.vpdpbusd(Zmm(chain), Zmm(a), element); break;
            case ("vpdpbusd", 256, false): code.vpdpbusd(Ymm(chain), Ymm(a), Ymm(b)); break;
            case ("vpdpbusd", 256, true): code.vpdpbusd(Ymm(chain), Ymm(a), element); break;
            case ("vdpbf16ps", 512, false): code.vdpbf16ps(Zmm(chain), Zmm(a), Zmm(b)); break;
            case ("vdpbf16ps", 512, true): code.vdpbf16ps(Zmm(chain), Zmm(a), element); break;
            case ("vdpbf16ps", 256, false): code.vdpbf16ps(Ymm(chain), Ymm(a), Ymm(b)); break;
            case ("vdpbf16ps", 256, true): code.vdpbf16ps(Ymm(chain), Ymm(a), element); break;
            case ("vfmadd231ps", 512, false): code.vfmadd231ps(Zmm(chain), Zmm(a), Zmm(b)); break;
            case ("vfmadd231ps", 512, true): code.vfmadd231ps(Zmm(chain), Zmm(a), element); break;
            case ("vfmadd231ps", 256, false): code.vfmadd231ps(Ymm(chain), Ymm(a), Ymm(b)); break;
            case ("vfmadd231ps", 256, true): code.vfmadd231ps(Ymm(chain), Ymm(a), element); break;
            case (_, 512, _):
                code.vpmaddubsw(Zmm(product), Zmm(a), Zmm(b));
                code.vpmaddwd(Zmm(product), Zmm(product), Zmm(ones));
                code.vpaddd(Zmm(chain), Zmm(chain), Zmm(product));
                break;
            default:
                code.vpmaddubsw(Ymm(product), Ymm(a), Ymm(b));
                code.vpmaddwd(Ymm(product), Ymm(product), Ymm(ones));
                code.vpaddd(Ymm(chain), Ymm(chain), Ymm(product));
                break;
        }
    }

    private static AssemblerRegisterYMM Ymm(int number) => new(Register.YMM0 + number);

    private static AssemblerRegisterZMM Zmm(int number) => new(Register.ZMM0 + number);
}

using System.Collections.Immutable;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.RowPrograms.VectorOperation;
using static Ashlar.Tensors.Backends.X64.Vectors;
using static Iced.Intel.AssemblerRegisters;
using static Iced.Intel.Code;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>Writes placed vector instructions as the processor's, of 256 or 512 bits.</summary>
/// <param name="assembler">The kernel.</param>
/// <param name="addressOf">The address of a place at the present index of the loop; may load rax.</param>
internal sealed class VectorWriter(KernelAssembler assembler, Func<Place, AssemblerMemoryOperand> addressOf)
{
    /// <summary>Registers from 0 on that instructions of several steps use between them.</summary>
    public const int Reserved = 4, ReservedForFourGroups = 8;

    private readonly Dictionary<int, AssemblerMemoryOperand> _splats = [];

    private static Dictionary<VectorOperation, (Iced.Intel.Code Narrow, Iced.Intel.Code Wide)> Codes { get; } = new()
    {
        [Add] = (VEX_Vaddps_ymm_ymm_ymmm256, EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er),
        [Subtract] = (VEX_Vsubps_ymm_ymm_ymmm256, EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er),
        [Multiply] = (VEX_Vmulps_ymm_ymm_ymmm256, EVEX_Vmulps_zmm_k1z_zmm_zmmm512b32_er),
        [Divide] = (VEX_Vdivps_ymm_ymm_ymmm256, EVEX_Vdivps_zmm_k1z_zmm_zmmm512b32_er),
        [RawMaximum] = (VEX_Vmaxps_ymm_ymm_ymmm256, EVEX_Vmaxps_zmm_k1z_zmm_zmmm512b32_sae),
        [RawMinimum] = (VEX_Vminps_ymm_ymm_ymmm256, EVEX_Vminps_zmm_k1z_zmm_zmmm512b32_sae),
        [And] = (VEX_Vandps_ymm_ymm_ymmm256, EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32),
        [AndNot] = (VEX_Vandnps_ymm_ymm_ymmm256, EVEX_Vpandnd_zmm_k1z_zmm_zmmm512b32),
        [Or] = (VEX_Vorps_ymm_ymm_ymmm256, EVEX_Vpord_zmm_k1z_zmm_zmmm512b32),
        [Xor] = (VEX_Vxorps_ymm_ymm_ymmm256, EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32),
        [AddInteger] = (VEX_Vpaddd_ymm_ymm_ymmm256, EVEX_Vpaddd_zmm_k1z_zmm_zmmm512b32),
        [SubtractInteger] = (VEX_Vpsubd_ymm_ymm_ymmm256, EVEX_Vpsubd_zmm_k1z_zmm_zmmm512b32),
        [Scale] = (INVALID, EVEX_Vscalefps_zmm_k1z_zmm_zmmm512b32_er),
        [SquareRoot] = (VEX_Vsqrtps_ymm_ymmm256, EVEX_Vsqrtps_zmm_k1z_zmmm512b32_er),
        [ToInteger] = (VEX_Vcvtps2dq_ymm_ymmm256, EVEX_Vcvtps2dq_zmm_k1z_zmmm512b32_er),
        [FromInteger] = (VEX_Vcvtdq2ps_ymm_ymmm256, EVEX_Vcvtdq2ps_zmm_k1z_zmmm512b32_er),
        [Round] = (VEX_Vroundps_ymm_ymmm256_imm8, EVEX_Vrndscaleps_zmm_k1z_zmmm512b32_imm8_sae),
        [ShiftLeft] = (VEX_Vpslld_ymm_ymm_imm8, EVEX_Vpslld_zmm_k1z_zmmm512b32_imm8),
        [ShiftRight] = (VEX_Vpsrld_ymm_ymm_imm8, EVEX_Vpsrld_zmm_k1z_zmmm512b32_imm8),
        [ShiftRightSigned] = (VEX_Vpsrad_ymm_ymm_imm8, EVEX_Vpsrad_zmm_k1z_zmmm512b32_imm8),
    };

    private static Dictionary<(VectorOperation Operation, int Form), (Iced.Intel.Code Narrow, Iced.Intel.Code Wide)> MultiplyAdds
    {
        get;
    } = new()
    {
        [(MultiplyAdd, 132)] = (VEX_Vfmadd132ps_ymm_ymm_ymmm256, EVEX_Vfmadd132ps_zmm_k1z_zmm_zmmm512b32_er),
        [(MultiplyAdd, 213)] = (VEX_Vfmadd213ps_ymm_ymm_ymmm256, EVEX_Vfmadd213ps_zmm_k1z_zmm_zmmm512b32_er),
        [(MultiplyAdd, 231)] = (VEX_Vfmadd231ps_ymm_ymm_ymmm256, EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er),
        [(NegateMultiplyAdd, 132)] = (VEX_Vfnmadd132ps_ymm_ymm_ymmm256, EVEX_Vfnmadd132ps_zmm_k1z_zmm_zmmm512b32_er),
        [(NegateMultiplyAdd, 213)] = (VEX_Vfnmadd213ps_ymm_ymm_ymmm256, EVEX_Vfnmadd213ps_zmm_k1z_zmm_zmmm512b32_er),
        [(NegateMultiplyAdd, 231)] = (VEX_Vfnmadd231ps_ymm_ymm_ymmm256, EVEX_Vfnmadd231ps_zmm_k1z_zmm_zmmm512b32_er),
    };

    private Assembler Code => assembler.Code;

    private bool IsWide => assembler.IsWide;

    /// <summary>Writes one instruction.</summary>
    public void Write(PlacedInstruction placed)
    {
        var (instruction, target, sources) = (placed.Instruction, placed.Target, placed.Sources);
        switch (instruction.Operation)
        {
            case Move when sources[0] == target: break;
            case Move when instruction.Sources[0].Kind == OperandKind.Constant && instruction.Sources[0].Index == 0:
                Simple(Xor, target, target, Vector(target));
                break;
            case Move when sources[0] >= 0: Copy(target, sources[0]); break;
            case Move when instruction.Sources[0].Kind == OperandKind.Constant:
                Splat(target, assembler.Constant(instruction.Sources[0].Index));
                break;
            case Move when instruction.Sources[0].Kind == OperandKind.Mask:
                Load(target, MaskOf(instruction.Sources[0].Index));
                break;
            case Move: Load(target, __[KernelAssembler.Scratch + instruction.Sources[0].Index]); break;
            case VectorOperation.Load: Load(target, addressOf(instruction.Place)); break;
            case LoadTail when IsWide: Code.vmovups(Z(target).k1.z, addressOf(instruction.Place)); break;
            case LoadTail: Code.vmaskmovps(Y(target), Y(sources[0]), addressOf(instruction.Place)); break;
            case LoadSplat: Splat(target, addressOf(instruction.Place)); break;
            case MultiplyAdd or NegateMultiplyAdd: Fused(placed); break;
            case VectorOperation.Maximum: Extreme(target, sources[0], sources[1], isMaximum: true); break;
            case VectorOperation.Minimum: Extreme(target, sources[0], sources[1], isMaximum: false); break;
            case VectorOperation.Choose: Choose(placed); break;
            case BlendTail when IsWide: Code.vblendmps(Z(target).k1, Z(sources[1]), Z(sources[0])); break;
            case BlendTail: Code.vblendvps(Y(target), Y(sources[1]), Y(sources[0]), Y(sources[2])); break;
            case Store: Save(addressOf(instruction.Place), sources[0]); break;
            case StoreSlot: Save(__[KernelAssembler.Scratch + instruction.Immediate], sources[0]); break;
            case StoreTail when IsWide: Code.vmovups(addressOf(instruction.Place).k1, Z(sources[0])); break;
            case StoreTail: Code.vmaskmovps(addressOf(instruction.Place), Y(sources[1]), Y(sources[0])); break;
            case StoreFirst when IsWide && sources[0] >= 16: // only the encoding of AVX-512 reaches it
                Code.vmovaps(zmm0, Z(sources[0]));
                Code.vmovss(__dword_ptr[addressOf(instruction.Place)], xmm0);
                break;
            case StoreFirst: Code.vmovss(__dword_ptr[addressOf(instruction.Place)], X(sources[0])); break;
            case StoreBFloat16 or StoreBFloat16Tail or StoreZeros:
                BFloat16Output.Write(assembler, placed, addressOf(instruction.Place));
                break;
            case StoreFourQuantized:
                new QuantizedOutputOfFour(assembler, sources, instruction.Immediate).Write(
                    instruction.Quantized!, addressOf(instruction.Place), addressOf(instruction.Place with { Scale = 0 }));
                break;
            case StoreQuantized: QuantizedOutput.Write(assembler, placed, addressOf); break;
            case Round or ShiftLeft or ShiftRight or ShiftRightSigned:
                var shifted = sources[0] >= 0
                    ? Instruction.Create(CodeOf(instruction.Operation), Vector(target), Vector(sources[0]), instruction.Immediate)
                    : Instruction.Create(
                        CodeOf(instruction.Operation), Vector(target), Memory(instruction.Sources[0]), instruction.Immediate);
                Code.AddInstruction(shifted);
                break;
            case SquareRoot or ToInteger or FromInteger:
                Code.AddInstruction(sources[0] >= 0
                    ? Instruction.Create(CodeOf(instruction.Operation), Vector(target), Vector(sources[0]))
                    : Instruction.Create(CodeOf(instruction.Operation), Vector(target), Memory(instruction.Sources[0])));
                break;
            default:
                if (sources[1] >= 0) Simple(instruction.Operation, target, sources[0], Vector(sources[1]));
                else Simple(instruction.Operation, target, sources[0], Memory(instruction.Sources[1]));
                break;
        }
    }

    private Register Vector(int number) => (IsWide ? Register.ZMM0 : Register.YMM0) + number;

    private Iced.Intel.Code CodeOf(VectorOperation operation) => IsWide ? Codes[operation].Wide : Codes[operation].Narrow;

    private void Simple(VectorOperation operation, int target, int left, Register right) =>
        Code.AddInstruction(Instruction.Create(CodeOf(operation), Vector(target), Vector(left), right));

    private void Simple(VectorOperation operation, int target, int left, MemoryOperand right) =>
        Code.AddInstruction(Instruction.Create(CodeOf(operation), Vector(target), Vector(left), right));

    /// <summary>A constant (broadcast, where the processor can; else a vector of it) or a slot.</summary>
    private MemoryOperand Memory(Operand operand)
    {
        var isConstant = operand.Kind == OperandKind.Constant;
        var place = !isConstant ? __[KernelAssembler.Scratch + operand.Index]
            : IsWide ? assembler.Constant(operand.Index)
            : SplatOf(operand.Index);
        return new(place.Base, place.Index, place.Scale, place.Displacement, 1, isConstant && IsWide, Register.None);
    }

    private AssemblerMemoryOperand MaskOf(int lanes)
    {
        var bytes = new byte[assembler.VectorBytes];
        bytes.AsSpan(0, lanes * sizeof(int)).Fill(0xFF);
        return assembler.Constant(bytes);
    }

    private AssemblerMemoryOperand SplatOf(int bits)
    {
        if (_splats.TryGetValue(bits, out var place)) return place;
        var bytes = new byte[assembler.VectorBytes];
        for (var i = 0; i < bytes.Length; i += sizeof(int)) BitConverter.TryWriteBytes(bytes.AsSpan(i), bits);
        return _splats[bits] = assembler.Constant(bytes);
    }

    private void Copy(int target, int source)
    {
        if (IsWide) Code.vmovaps(Z(target), Z(source));
        else Code.vmovaps(Y(target), Y(source));
    }

    private void Load(int target, AssemblerMemoryOperand place)
    {
        if (IsWide) Code.vmovups(Z(target), place);
        else Code.vmovups(Y(target), place);
    }

    private void Save(AssemblerMemoryOperand place, int source)
    {
        if (IsWide) Code.vmovups(__zmmword_ptr[place], Z(source));
        else Code.vmovups(__ymmword_ptr[place], Y(source));
    }

    private void Splat(int target, AssemblerMemoryOperand place)
    {
        if (IsWide) Code.vbroadcastss(Z(target), __dword_ptr[place]);
        else Code.vbroadcastss(Y(target), __dword_ptr[place]);
    }

    private void Fused(PlacedInstruction placed)
    {
        var (operation, target) = (placed.Instruction.Operation, placed.Target);
        var (x, y, z) = (placed.Sources[0], placed.Sources[1], placed.Sources[2]);
        if (target == y && target != x && y >= 0) (x, y) = (y, x);
        var form = target == z ? 231 : y < 0 ? 132 : 213;
        if (target != z && target != x)
        {
            if (y >= 0 && z >= 0) form = 231;
            Copy(target, form == 231 ? z : x);
        }

        var (second, third) = form switch { 231 => (x, y), 213 => (y, z), _ => (z, y) };
        var code = IsWide ? MultiplyAdds[(operation, form)].Wide : MultiplyAdds[(operation, form)].Narrow;
        Code.AddInstruction(third >= 0
            ? Instruction.Create(code, Vector(target), Vector(second), Vector(third))
            : Instruction.Create(
                code, Vector(target), Vector(second), Memory(placed.Instruction.Sources[form == 213 ? 2 : 1])));
    }

    private void Extreme(int target, int x, int y, bool isMaximum)
    {
        if (IsWide)
        {
            const byte SmallerWithItsSign = 4, LargerWithItsSign = 5;
            Code.vcmpunordps(k2, Z(x), Z(y));
            Code.vrangeps(Z(target), Z(x), Z(y), isMaximum ? LargerWithItsSign : SmallerWithItsSign);
            Code.vaddps(Z(target).k2, Z(x), Z(y));
            return;
        }

        // Of zeros with two signs each order of the sources gives another.
        if (isMaximum)
        {
            Code.vmaxps(ymm0, Y(x), Y(y));
            Code.vmaxps(Y(target), Y(y), Y(x));
            Code.vandps(Y(target), Y(target), ymm0);
        }
        else
        {
            Code.vminps(ymm0, Y(x), Y(y));
            Code.vminps(Y(target), Y(y), Y(x));
            Code.vorps(Y(target), Y(target), ymm0);
        }

        Code.vcmpunordps(ymm0, Y(x), Y(y));
        Code.vaddps(ymm1, Y(x), Y(y));
        Code.vblendvps(Y(target), Y(target), ymm1, ymm0);
    }

    private void Compare(PlacedInstruction placed, Register mask)
    {
        var (sources, operands, comparison) = (placed.Sources, placed.Instruction.Sources, placed.Instruction.Immediate);
        var isInteger = comparison >= (int)Comparison.EqualInteger;
        if (isInteger && !IsWide)
        {
            CompareIntegers(sources, operands, (Comparison)comparison);
            return;
        }

        var compare = isInteger ? EVEX_Vpcmpd_kr_k1_zmm_zmmm512b32_imm8
            : IsWide ? EVEX_Vcmpps_kr_k1_zmm_zmmm512b32_imm8_sae
            : VEX_Vcmpps_ymm_ymm_ymmm256_imm8;
        var how = comparison % (int)Comparison.EqualInteger;
        Code.AddInstruction(sources[1] >= 0
            ? Instruction.Create(compare, mask, Vector(sources[0]), Vector(sources[1]), how)
            : Instruction.Create(compare, mask, Vector(sources[0]), Memory(operands[1]), how));
    }

    // The processor of 256 bits knows equal and greater.
    private void CompareIntegers(int[] sources, ImmutableArray<Operand> operands, Comparison comparison)
    {
        if (sources[1] >= 0) Copy(0, sources[1]);
        else Code.AddInstruction(Instruction.Create(VEX_Vmovups_ymm_ymmm256, Register.YMM0, Memory(operands[1])));
        var compare = comparison == Comparison.EqualInteger ? VEX_Vpcmpeqd_ymm_ymm_ymmm256 : VEX_Vpcmpgtd_ymm_ymm_ymmm256;
        Code.AddInstruction(Instruction.Create(compare, Register.YMM0, Register.YMM0, Vector(sources[0])));
    }

    private void Choose(PlacedInstruction placed)
    {
        var (target, sources, operands) = (placed.Target, placed.Sources, placed.Instruction.Sources);
        var mask = IsWide ? Register.K2 : Register.YMM0;
        Compare(placed, mask);
        if (IsWide)
        {
            const Iced.Intel.Code Blend = EVEX_Vblendmps_zmm_k1z_zmm_zmmm512b32;
            var blend = sources[2] >= 0
                ? Instruction.Create(Blend, Vector(target), Vector(sources[3]), Vector(sources[2]))
                : Instruction.Create(Blend, Vector(target), Vector(sources[3]), Memory(operands[2]));
            blend.OpMask = mask;
            Code.AddInstruction(blend);
        }
        else
        {
            Code.AddInstruction(sources[2] >= 0
                ? Instruction.Create(
                    VEX_Vblendvps_ymm_ymm_ymmm256_ymm, Vector(target), Vector(sources[3]), Vector(sources[2]), mask)
                : Instruction.Create(
                    VEX_Vblendvps_ymm_ymm_ymmm256_ymm, Vector(target), Vector(sources[3]), Memory(operands[2]), mask));
        }
    }
}

using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Where the present row of every argument lies: found for each row and kept in the frame, and during a pass in registers, as far
/// as there are some.
/// </summary>
internal sealed class RowPointers(KernelAssembler assembler, RowProgram program, RowSchedule schedule)
{
    /// <summary>The element of the row at which a pass is.</summary>
    public static readonly AssemblerRegister64 Index = r8;

    /// <summary>The row.</summary>
    public static readonly AssemblerRegister64 Row = KernelAssembler.From;

    private static readonly AssemblerRegister64 Factor = r9;
    private static readonly AssemblerRegister64[] PointerRegisters = [r10, r11, rbx, rbp, r12, r13, r14, r15];

    private readonly Dictionary<int, AssemblerRegister64> _pointers = [];

    private Assembler Code => assembler.Code;

    /// <summary>Emits what finds the row of each argument.</summary>
    public void FindRow()
    {
        for (var argument = 0; argument < program.Inputs.Length + program.Outputs.Length; argument++) FindRow(argument);
    }

    /// <summary>Brings the addresses that a pass uses to registers.</summary>
    public void BeginPass(RowPass pass)
    {
        IEnumerable<int> used = [
            .. pass.Computed.Select(step => program.Steps[step]).Where(step => step.Operation == RowOperation.Input)
                .Select(step => step.A),
            .. Enumerable.Range(0, program.Outputs.Length).Where(output => pass.Outputs.Contains(program.Outputs[output]))
                .Select(output => program.Inputs.Length + output),
        ];
        foreach (var argument in used.Distinct().Take(PointerRegisters.Length))
        {
            var register = _pointers[argument] = PointerRegisters[_pointers.Count];
            Code.mov(register, Kept(argument));
        }
    }

    /// <summary>Lets go of the registers.</summary>
    public void EndPass() => _pointers.Clear();

    /// <summary>The address of a place; may load rax.</summary>
    public AssemblerMemoryOperand AddressOf(Place place)
    {
        var pointer = KernelAssembler.Scratch;
        if (place.Pointer != Place.Scratch && !_pointers.TryGetValue(place.Pointer, out pointer))
        {
            Code.mov(rax, Kept(place.Pointer));
            pointer = rax;
        }

        return place.Scale == 0 ? __[pointer + place.Offset] : __[pointer + Index * place.Scale + place.Offset];
    }

    private static AssemblerMemoryOperand Kept(int argument) =>
        __qword_ptr[KernelAssembler.Scratch + RowFrame.Pointer(argument)];

    private void FindRow(int argument)
    {
        var input = argument < program.Inputs.Length ? program.Inputs[argument] : null;
        var stride = input is not null ? input.Stride * sizeof(float)
            : StrideOf(program.Outputs[argument - program.Inputs.Length]);
        if (stride == 0)
        {
            Code.mov(rax, KernelAssembler.Argument(argument));
        }
        else
        {
            Code.mov(rax, Row);
            if (input?.Divisor > 1) Divide(input.Divisor);
            if (input?.Modulus > 0)
            {
                Divide(input.Modulus);
                Code.mov(rax, rdx);
            }

            Code.mov(Factor, stride);
            Code.imul(rax, Factor);
            Code.add(rax, KernelAssembler.Argument(argument));
        }

        Code.mov(Kept(argument), rax);
        if (input?.OuterDivisor > 0)
        {
            Code.mov(rax, Row);
            Divide(input.OuterDivisor);
            Code.mov(Factor, input.OuterStride * sizeof(float));
            Code.imul(rax, Factor);
            Code.add(Kept(argument), rax);
        }

        void Divide(long divisor)
        {
            Code.xor(edx, edx);
            Code.mov(Factor, divisor);
            Code.div(Factor);
        }
    }

    private long StrideOf(RowOutput output) => !schedule.IsVector(output.Step) ? output.Stride * sizeof(float)
        : output.Form switch
        {
            RowForm.BF16 => BFloat16Rows.Stride(program.Width),
            RowForm.Q8 => output.Quantized!.Stride,
            _ => output.Stride * sizeof(float),
        };
}

using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64;

/// <summary>
/// Assembles one kernel: the frame that every kernel has, its constants, and the pages that its code ends in. Kernels are leaf
/// functions: they call nothing and keep nothing on the stack but what the frame saves.
/// </summary>
internal sealed class KernelAssembler
{
    private static readonly AssemblerRegister64[] Saved = [rbx, rbp, r12, r13, r14, r15];
    private static readonly AssemblerRegister64[] SavedOnWindows = [rdi, rsi];
    private const int FirstSavedVectorOnWindows = 6, SavedVectorsOnWindows = 10;

    private readonly Dictionary<int, AssemblerMemoryOperand> _scalars = [];
    private readonly List<(Label Label, byte[] Bytes)> _constants = [];

    /// <summary>Begins a kernel: saves registers and brings the arguments to their places.</summary>
    public KernelAssembler(InstructionSet set)
    {
        Set = set;
        // An 8-bit dot product of 256 bits has two encodings, and a processor may have only the one of AVX-512.
        Code = new Assembler(64) { PreferVex = set != InstructionSet.Avx2Vnni || Processor.HasVexVnni };
        Enter();
    }

    /// <summary>The address of the kernel's arguments.</summary>
    public static AssemblerRegister64 Arguments => rdi;

    /// <summary>The first of the range.</summary>
    public static AssemblerRegister64 From => rsi;

    /// <summary>Past the last of the range.</summary>
    public static AssemblerRegister64 To => rdx;

    /// <summary>The worker's scratch memory.</summary>
    public static AssemblerRegister64 Scratch => rcx;

    /// <summary>General registers that a kernel may use beside those four; it may also reuse them.</summary>
    public static ReadOnlySpan<AssemblerRegister64> Free =>
        new[] { rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15 };

    /// <summary>The instructions.</summary>
    public Assembler Code { get; }

    /// <summary>What may be emitted.</summary>
    public InstructionSet Set { get; }

    /// <summary>Whether vectors have 512 bits and there are 32 of them; 256 bits and 16 where not.</summary>
    public bool IsWide => Set >= InstructionSet.Avx512;

    /// <summary>Bytes of a vector.</summary>
    public int VectorBytes => IsWide ? 64 : 32;

    /// <summary>F32 elements of a vector.</summary>
    public int Lanes => VectorBytes / sizeof(float);

    /// <summary>How many vector registers there are.</summary>
    public int Vectors => IsWide ? 32 : 16;

    /// <summary>The address of one of the kernel's arguments.</summary>
    public static AssemblerMemoryOperand Argument(int index) => __qword_ptr[Arguments + index * 8];

    /// <summary>A constant of 4 bytes, to be broadcast or used as a scalar.</summary>
    public AssemblerMemoryOperand Constant(float value) => Constant(BitConverter.SingleToInt32Bits(value));

    /// <summary>A constant of 4 bytes, to be broadcast or used as a scalar.</summary>
    public AssemblerMemoryOperand Constant(int value)
    {
        if (!_scalars.TryGetValue(value, out var place)) _scalars[value] = place = Constant(BitConverter.GetBytes(value));
        return place;
    }

    /// <summary>
    /// Constant bytes at an address that is a multiple of 64: all of a vector, or a table. The operand stands as it is: nothing
    /// can be added to it, and a table is indexed from a register that was loaded with its address.
    /// </summary>
    public AssemblerMemoryOperand Constant(ReadOnlySpan<byte> bytes)
    {
        var label = Code.CreateLabel();
        _constants.Add((label, bytes.ToArray()));
        return __[label];
    }

    /// <summary>Ends the kernel and makes it executable.</summary>
    /// <param name="scratchBytes">How much scratch memory a call uses.</param>
    /// <exception cref="NotSupportedException">The system forbids code made at run time.</exception>
    public unsafe Kernel Finish(long scratchBytes = 0)
    {
        const int Line = 64;
        Leave();
        var constantBytes = 0;
        foreach (var (label, bytes) in _constants.OrderByDescending(constant => constant.Bytes.Length > sizeof(int)))
        {
            var here = label;
            Code.Label(ref here);
            // Scalars come last and share lines.
            var padded = new byte[bytes.Length == sizeof(int) ? sizeof(int) : (bytes.Length + Line - 1) / Line * Line];
            bytes.CopyTo(padded, 0);
            Code.db(padded);
            constantBytes += padded.Length;
        }

        // The code may lie anywhere, and so begins where the constants behind it come to whole lines.
        using var stream = new MemoryStream();
        Code.Assemble(new StreamCodeWriter(stream), 0);
        var start = (constantBytes - (int)stream.Length) & (Line - 1);
        var image = new byte[start + stream.Length];
        stream.GetBuffer().AsSpan(0, (int)stream.Length).CopyTo(image.AsSpan(start));
        var pages = new CodePages(image.Length);
        try
        {
            pages.Seal(image);
        }
        catch
        {
            pages.Dispose();
            throw;
        }

        return new Kernel(
            (delegate* unmanaged<long*, long, long, byte*, void>)(pages.Address + start), scratchBytes, pages, pages.Bytes);
    }

    private static AssemblerRegisterXMM SavedVector(int index) => new(Register.XMM0 + FirstSavedVectorOnWindows + index);

    private void Enter()
    {
        foreach (var register in Saved) Code.push(register);
        if (!OperatingSystem.IsWindows()) return;
        foreach (var register in SavedOnWindows) Code.push(register);
        Code.sub(rsp, SavedVectorsOnWindows * 16);
        for (var i = 0; i < SavedVectorsOnWindows; i++)
        {
            Code.vmovups(__xmmword_ptr[rsp + i * 16], SavedVector(i));
        }

        Code.mov(rdi, rcx);
        Code.mov(rsi, rdx);
        Code.mov(rdx, r8);
        Code.mov(rcx, r9);
    }

    private void Leave()
    {
        Code.vzeroupper();
        if (OperatingSystem.IsWindows())
        {
            for (var i = 0; i < SavedVectorsOnWindows; i++)
            {
                Code.vmovups(SavedVector(i), __xmmword_ptr[rsp + i * 16]);
            }

            Code.add(rsp, SavedVectorsOnWindows * 16);
            foreach (var register in SavedOnWindows.Reverse()) Code.pop(register);
        }

        foreach (var register in Saved.Reverse()) Code.pop(register);
        Code.ret();
    }
}

using Ashlar.Tensors.Runtime;
using Iced.Intel;

namespace Ashlar.Tensors.Backends.X64;

/// <summary>
/// The vectors of an instruction set, of 512 or 256 bits, and what every kind of product does with them. Registers go by their
/// numbers, the destination first.
/// </summary>
/// <param name="assembler">The kernel.</param>
internal abstract class Vectors(KernelAssembler assembler)
{
    /// <summary>The instructions.</summary>
    public Assembler Code => Kernel.Code;

    /// <summary>What may be emitted.</summary>
    public InstructionSet Set => Kernel.Set;

    /// <summary>Whether vectors have 512 bits.</summary>
    public bool IsWide => Kernel.IsWide;

    /// <summary>Bytes of a vector.</summary>
    public int Bytes => Kernel.VectorBytes;

    /// <summary>How many vector registers there are.</summary>
    public int Registers => Kernel.Vectors;

    /// <summary>The kernel, for constants.</summary>
    protected KernelAssembler Kernel { get; } = assembler;

    /// <summary>A register's 512 bits.</summary>
    public static AssemblerRegisterZMM Z(int number) => new(Register.ZMM0 + number);

    /// <summary>A register's 256 bits.</summary>
    public static AssemblerRegisterYMM Y(int number) => new(Register.YMM0 + number);

    /// <summary>A register's 128 bits.</summary>
    public static AssemblerRegisterXMM X(int number) => new(Register.XMM0 + number);

    public void Load(int to, AssemblerMemoryOperand from)
    {
        if (IsWide) Code.vmovups(Z(to), from);
        else Code.vmovups(Y(to), from);
    }

    public void Store(AssemblerMemoryOperand to, int from)
    {
        if (IsWide) Code.vmovups(to, Z(from));
        else Code.vmovups(to, Y(from));
    }

    /// <summary>Loads the lanes that the mask k1 has, the others as zeros; 512 bits only.</summary>
    public void LoadMasked(int to, AssemblerMemoryOperand from) => Code.vmovups(Z(to).k1.z, from);

    /// <summary>Stores the lanes that the mask k1 has; 512 bits only.</summary>
    public void StoreMasked(AssemblerMemoryOperand to, int from) => Code.vmovups(to.k1, Z(from));

    /// <summary>Loads the lanes that the mask in a register has, the others as zeros; 256 bits only.</summary>
    public void LoadMasked(int to, int mask, AssemblerMemoryOperand from) => Code.vmaskmovps(Y(to), Y(mask), from);

    /// <summary>Stores the lanes that the mask in a register has; 256 bits only.</summary>
    public void StoreMasked(AssemblerMemoryOperand to, int mask, int from) => Code.vmaskmovps(to, Y(mask), Y(from));

    /// <summary>Loads F16 as F32.</summary>
    public void WidenHalves(int to, AssemblerMemoryOperand from)
    {
        if (IsWide) Code.vcvtph2ps(Z(to), from);
        else Code.vcvtph2ps(Y(to), from);
    }

    /// <summary>Adds a product, rounded once.</summary>
    public void MultiplyAdd(int sum, int a, int b)
    {
        if (IsWide) Code.vfmadd231ps(Z(sum), Z(a), Z(b));
        else Code.vfmadd231ps(Y(sum), Y(a), Y(b));
    }

    /// <summary>
    /// Adds a product with memory, rounded once: a vector, or with 512 bits one number for all lanes if so marked.
    /// </summary>
    public void MultiplyAdd(int sum, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) Code.vfmadd231ps(Z(sum), Z(a), b);
        else Code.vfmadd231ps(Y(sum), Y(a), b);
    }
}

using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The few vector instructions of plain matmuls, of 512 or 256 bits. Registers go by their numbers.
/// </summary>
internal sealed class PlainVectors
{
    private const int Columns = 16;
    private readonly KernelAssembler _kernel;
    private readonly AssemblerMemoryOperand[] _masks = [];
    private readonly AssemblerMemoryOperand _oddWords;
    private readonly int _valid;

    /// <summary>Prepares masks.</summary>
    /// <param name="kernel">The kernel that is emitted; nothing but its frame yet.</param>
    /// <param name="n">Columns of the output: those of the last group may be fewer than 16.</param>
    public PlainVectors(KernelAssembler kernel, long n)
    {
        _kernel = kernel;
        _valid = (int)(n % Columns);
        var code = kernel.Code;
        if (IsWide)
        {
            code.mov(eax, (1 << _valid) - 1);
            code.kmovw(k1, eax);
            code.mov(eax, unchecked((int)0xAAAAAAAA));
            code.kmovd(k2, eax);
            return;
        }

        var lanes = Enumerable.Range(0, Columns).SelectMany(i => BitConverter.GetBytes(i < _valid ? -1 : 0)).ToArray();
        _masks = [kernel.Constant(lanes.AsSpan(0, 32)), kernel.Constant(lanes.AsSpan(32))];
        _oddWords = kernel.Constant(Enumerable.Repeat(new byte[] { 0, 0, 255, 255 }, 8).SelectMany(word => word).ToArray());
    }

    public bool IsWide => _kernel.IsWide;

    /// <summary>Vectors of 16 columns.</summary>
    public int PerGroup => IsWide ? 1 : 2;

    /// <summary>Whether the last group has columns that are not written.</summary>
    public bool HasPartial => _valid != 0;

    private Assembler Code => _kernel.Code;

    public void Zero(int v)
    {
        if (IsWide) Code.vpxord(Z(v), Z(v), Z(v));
        else Code.vxorps(Y(v), Y(v), Y(v));
    }

    public void Load(int v, AssemblerMemoryOperand address)
    {
        if (IsWide) Code.vmovups(Z(v), address);
        else Code.vmovups(Y(v), address);
    }

    public void Store(AssemblerMemoryOperand address, int v)
    {
        if (IsWide) Code.vmovups(address, Z(v));
        else Code.vmovups(address, Y(v));
    }

    /// <summary>Loads what the last group has of its vector number <paramref name="part"/>.</summary>
    public void LoadPartial(int v, AssemblerMemoryOperand address, int part, int spare)
    {
        if (IsWide) Code.vmovups(Z(v).k1.z, address);
        else if (IsWhole(part)) Load(v, address);
        else if (IsNone(part)) Zero(v);
        else
        {
            Code.vmovups(Y(spare), _masks[part]);
            Code.vmaskmovps(Y(v), Y(spare), address);
        }
    }

    /// <summary>Stores what the last group has of its vector number <paramref name="part"/>.</summary>
    public void StorePartial(AssemblerMemoryOperand address, int v, int part, int spare)
    {
        if (IsWide) Code.vmovups(address.k1, Z(v));
        else if (IsWhole(part)) Store(address, v);
        else if (!IsNone(part))
        {
            Code.vmovups(Y(spare), _masks[part]);
            Code.vmaskmovps(address, Y(spare), Y(v));
        }
    }

    public void Broadcast(int v, AssemblerMemoryOperand address)
    {
        if (IsWide) Code.vbroadcastss(Z(v), address);
        else Code.vbroadcastss(Y(v), address);
    }

    /// <summary>Loads a vector of weights as F32: of pairs, the elements that come second if <paramref name="isOdd"/>.</summary>
    public void LoadWeights(PlainReading reading, int v, AssemblerMemoryOperand address, bool isOdd)
    {
        if (reading == PlainReading.Halves)
        {
            if (IsWide) Code.vcvtph2ps(Z(v), address);
            else Code.vcvtph2ps(Y(v), address);
        }
        else if (reading != PlainReading.Pairs) Load(v, address);
        else if (IsWide)
        {
            if (isOdd) Code.vmovdqu16(Z(v).k2.z, address);
            else Code.vpslld(Z(v), address, 16);
        }
        else
        {
            Load(v, address);
            if (isOdd) Code.vpand(Y(v), Y(v), _oddWords);
            else Code.vpslld(Y(v), Y(v), 16);
        }
    }

    /// <summary>Adds the products of two registers.</summary>
    public void Multiply(PlainReading reading, int sum, int a, int b)
    {
        if (reading == PlainReading.DotPairs) Code.vdpbf16ps(Z(sum), Z(a), Z(b));
        else if (IsWide) Code.vfmadd231ps(Z(sum), Z(a), Z(b));
        else Code.vfmadd231ps(Y(sum), Y(a), Y(b));
    }

    /// <summary>Adds the products of a register and memory: a whole vector, or one double word for all if so marked.</summary>
    public void Multiply(PlainReading reading, int sum, int a, AssemblerMemoryOperand b)
    {
        if (reading == PlainReading.DotPairs) Code.vdpbf16ps(Z(sum), Z(a), b);
        else if (IsWide) Code.vfmadd231ps(Z(sum), Z(a), b);
        else Code.vfmadd231ps(Y(sum), Y(a), b);
    }

    private bool IsWhole(int part) => _valid >= (part + 1) * (Columns / 2);

    private bool IsNone(int part) => _valid <= part * (Columns / 2);

    private static AssemblerRegisterZMM Z(int number) => new(Register.ZMM0 + number);

    private static AssemblerRegisterYMM Y(int number) => new(Register.YMM0 + number);
}

using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The vector instructions that products of plain weights need beside those of all, and the masks of their last columns.
/// </summary>
internal sealed class PlainVectors : Vectors
{
    private const int Columns = 16;
    private readonly AssemblerMemoryOperand[] _masks = [];
    private readonly AssemblerMemoryOperand _oddWords;
    private readonly int _valid;

    /// <summary>Prepares masks.</summary>
    /// <param name="kernel">The kernel that is emitted; nothing but its frame yet.</param>
    /// <param name="n">Columns of the output: those of the last group may be fewer than 16.</param>
    public PlainVectors(KernelAssembler kernel, long n) : base(kernel)
    {
        _valid = (int)(n % Columns);
        if (IsWide)
        {
            Code.mov(eax, (1 << _valid) - 1);
            Code.kmovw(k1, eax);
            Code.mov(eax, unchecked((int)0xAAAAAAAA));
            Code.kmovd(k2, eax);
            return;
        }

        var lanes = Enumerable.Range(0, Columns).SelectMany(i => BitConverter.GetBytes(i < _valid ? -1 : 0)).ToArray();
        _masks = [kernel.Constant(lanes.AsSpan(0, 32)), kernel.Constant(lanes.AsSpan(32))];
        _oddWords = kernel.Constant(Enumerable.Repeat(new byte[] { 0, 0, 255, 255 }, 8).SelectMany(word => word).ToArray());
    }

    /// <summary>Vectors of 16 columns.</summary>
    public int PerGroup => IsWide ? 1 : 2;

    /// <summary>Whether the last group has columns that are not written.</summary>
    public bool HasPartial => _valid != 0;

    public void Zero(int v)
    {
        if (IsWide) Code.vpxord(Z(v), Z(v), Z(v));
        else Code.vxorps(Y(v), Y(v), Y(v));
    }

    /// <summary>Loads what the last group has of its vector number <paramref name="part"/>.</summary>
    public void LoadPartial(int v, AssemblerMemoryOperand address, int part, int spare)
    {
        if (IsWide) LoadMasked(v, address);
        else if (IsWhole(part)) Load(v, address);
        else if (IsNone(part)) Zero(v);
        else
        {
            Load(spare, _masks[part]);
            LoadMasked(v, spare, address);
        }
    }

    /// <summary>Stores what the last group has of its vector number <paramref name="part"/>.</summary>
    public void StorePartial(AssemblerMemoryOperand address, int v, int part, int spare)
    {
        if (IsWide) StoreMasked(address, v);
        else if (IsWhole(part)) Store(address, v);
        else if (!IsNone(part))
        {
            Load(spare, _masks[part]);
            StoreMasked(address, spare, v);
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
        if (reading == PlainReading.Halves) WidenHalves(v, address);
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
    public void AddProducts(PlainReading reading, int sum, int a, int b)
    {
        if (reading == PlainReading.DotPairs) Code.vdpbf16ps(Z(sum), Z(a), Z(b));
        else MultiplyAdd(sum, a, b);
    }

    /// <summary>Adds the products of a register and memory: a whole vector, or one double word for all if so marked.</summary>
    public void AddProducts(PlainReading reading, int sum, int a, AssemblerMemoryOperand b)
    {
        if (reading == PlainReading.DotPairs) Code.vdpbf16ps(Z(sum), Z(a), b);
        else MultiplyAdd(sum, a, b);
    }

    private bool IsWhole(int part) => _valid >= (part + 1) * (Columns / 2);

    private bool IsNone(int part) => _valid <= part * (Columns / 2);
}

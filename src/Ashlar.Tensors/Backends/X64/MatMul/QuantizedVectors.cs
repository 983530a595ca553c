using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The vector instructions that products of quantized weights need beside those of all. Constants are written once and read from
/// memory.
/// </summary>
internal sealed class QuantizedVectors(KernelAssembler assembler) : Vectors(assembler)
{
    private readonly Dictionary<long, AssemblerMemoryOperand> _constants = [];

    /// <summary>A constant with the same 32 bits in every lane.</summary>
    public AssemblerMemoryOperand Repeated(uint bits)
    {
        if (!_constants.TryGetValue(bits, out var place))
        {
            var words = new uint[Kernel.Lanes];
            Array.Fill(words, bits);
            _constants[bits] = place = Kernel.Constant(MemoryMarshal.AsBytes<uint>(words));
        }

        return place;
    }

    /// <summary>A table of lanes.</summary>
    public AssemblerMemoryOperand LaneTable(ReadOnlySpan<int> lanes)
    {
        if (!_constants.TryGetValue(-1, out var place))
        {
            _constants[-1] = place = Kernel.Constant(MemoryMarshal.AsBytes(lanes));
        }

        return place;
    }

    /// <summary>A table of 16 bytes.</summary>
    public AssemblerMemoryOperand Table(ImmutableArray<byte> bytes)
    {
        var key = long.MinValue | (uint)bytes[0];
        if (!_constants.TryGetValue(key, out var place)) _constants[key] = place = Kernel.Constant(bytes.AsSpan());
        return place;
    }

    /// <summary>Repeats 32 bits of memory.</summary>
    public void Broadcast(int to, AssemblerMemoryOperand from)
    {
        if (IsWide) Code.vpbroadcastd(Z(to), from);
        else Code.vpbroadcastd(Y(to), from);
    }

    /// <summary>Repeats 16 bytes of memory.</summary>
    public void BroadcastTable(int to, AssemblerMemoryOperand from)
    {
        if (IsWide) Code.vbroadcasti32x4(Z(to), from);
        else Code.vbroadcasti128(Y(to), from);
    }

    public void Zero(int to)
    {
        if (IsWide) Code.vpxord(Z(to), Z(to), Z(to));
        else Code.vpxor(Y(to), Y(to), Y(to));
    }

    public void And(int to, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) Code.vpandd(Z(to), Z(a), b);
        else Code.vpand(Y(to), Y(a), b);
    }

    public void And(int to, int a, int b)
    {
        if (IsWide) Code.vpandd(Z(to), Z(a), Z(b));
        else Code.vpand(Y(to), Y(a), Y(b));
    }

    public void Or(int to, int a, int b)
    {
        if (IsWide) Code.vpord(Z(to), Z(a), Z(b));
        else Code.vpor(Y(to), Y(a), Y(b));
    }

    public void Xor(int to, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) Code.vpxord(Z(to), Z(a), b);
        else Code.vpxor(Y(to), Y(a), b);
    }

    /// <summary>Shifts words right, or left where the count is negative.</summary>
    public void ShiftWords(int to, int a, int right)
    {
        if (IsWide && right >= 0) Code.vpsrlw(Z(to), Z(a), (byte)right);
        else if (IsWide) Code.vpsllw(Z(to), Z(a), (byte)-right);
        else if (right >= 0) Code.vpsrlw(Y(to), Y(a), (byte)right);
        else Code.vpsllw(Y(to), Y(a), (byte)-right);
    }

    public void ShiftLeft(int to, int a, int count)
    {
        if (IsWide) Code.vpslld(Z(to), Z(a), (byte)count);
        else Code.vpslld(Y(to), Y(a), (byte)count);
    }

    public void ShiftRight(int to, int a, int count)
    {
        if (IsWide) Code.vpsrld(Z(to), Z(a), (byte)count);
        else Code.vpsrld(Y(to), Y(a), (byte)count);
    }

    public void LookUp(int to, int table, int indices)
    {
        if (IsWide) Code.vpshufb(Z(to), Z(table), Z(indices));
        else Code.vpshufb(Y(to), Y(table), Y(indices));
    }

    public void AddIntegers(int to, int a, int b)
    {
        if (IsWide) Code.vpaddd(Z(to), Z(a), Z(b));
        else Code.vpaddd(Y(to), Y(a), Y(b));
    }

    public void AddIntegers(int to, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) Code.vpaddd(Z(to), Z(a), b);
        else Code.vpaddd(Y(to), Y(a), b);
    }

    public void AddWords(int to, int a, int b)
    {
        if (IsWide) Code.vpaddw(Z(to), Z(a), Z(b));
        else Code.vpaddw(Y(to), Y(a), Y(b));
    }

    public void MaximumOfIntegers(int to, int a, int b)
    {
        if (IsWide) Code.vpmaxsd(Z(to), Z(a), Z(b));
        else Code.vpmaxsd(Y(to), Y(a), Y(b));
    }

    /// <summary>Adds to every lane the products of four unsigned bytes with the same four signed ones.</summary>
    public void DotBroadcast(int sum, int unsigned, AssemblerMemoryOperand signed) =>
        Code.vpdpbusd(Z(sum), Z(unsigned), signed);

    /// <summary>Adds to every lane the products of four unsigned bytes with four signed ones.</summary>
    public void Dot(int sum, int unsigned, int signed)
    {
        if (IsWide) Code.vpdpbusd(Z(sum), Z(unsigned), Z(signed));
        else Code.vpdpbusd(Y(sum), Y(unsigned), Y(signed));
    }

    /// <summary>Products of two unsigned bytes with two signed ones, in words, saturated.</summary>
    public void DotWords(int to, int unsigned, int signed)
    {
        if (IsWide) Code.vpmaddubsw(Z(to), Z(unsigned), Z(signed));
        else Code.vpmaddubsw(Y(to), Y(unsigned), Y(signed));
    }

    /// <summary>Products of two words with two others, in 32 bits.</summary>
    public void DotPairs(int to, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) Code.vpmaddwd(Z(to), Z(a), b);
        else Code.vpmaddwd(Y(to), Y(a), b);
    }

    /// <summary>Turns the sign of bytes where those of the other are negative; 256 bits only.</summary>
    public void Sign(int to, int a, int b) => Code.vpsignb(Y(to), Y(a), Y(b));

    /// <summary>Magnitudes of bytes; 256 bits only.</summary>
    public void Magnitude(int to, int a) => Code.vpabsb(Y(to), Y(a));

    public void WidenBytes(int to, AssemblerMemoryOperand from, bool isSigned)
    {
        if (IsWide && isSigned) Code.vpmovsxbd(Z(to), from);
        else if (IsWide) Code.vpmovzxbd(Z(to), from);
        else if (isSigned) Code.vpmovsxbd(Y(to), from);
        else Code.vpmovzxbd(Y(to), from);
    }

    public void ToFloat(int to, int a)
    {
        if (IsWide) Code.vcvtdq2ps(Z(to), Z(a));
        else Code.vcvtdq2ps(Y(to), Y(a));
    }

    public void Multiply(int to, int a, int b)
    {
        if (IsWide) Code.vmulps(Z(to), Z(a), Z(b));
        else Code.vmulps(Y(to), Y(a), Y(b));
    }
}

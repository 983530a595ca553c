using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Vectors of F32, 512 or 256 bits wide, by the numbers of their registers; and the numbers of a cache, F32, F16 or BF16, to and
/// from them.
/// </summary>
internal sealed class CacheVectors(KernelAssembler assembler)
{
    private readonly Dictionary<string, AssemblerMemoryOperand> _constants = [];
    private readonly Assembler _code = assembler.Code;

    public bool IsWide => assembler.IsWide;

    /// <summary>F32 elements of a vector.</summary>
    public int Lanes => assembler.Lanes;

    /// <summary>Bytes of a vector.</summary>
    public int Bytes => assembler.VectorBytes;

    /// <summary>A mask register for loads and stores of less than a vector, where vectors are wide.</summary>
    public static AssemblerRegisterK TailMask => k7;

    public static AssemblerRegisterZMM Z(int number) => new(Register.ZMM0 + number);

    public static AssemblerRegisterYMM Y(int number) => new(Register.YMM0 + number);

    public static AssemblerRegisterXMM X(int number) => new(Register.XMM0 + number);

    /// <summary>A constant vector whose elements are all one number.</summary>
    public AssemblerMemoryOperand Constant(float value) => Constant(_ => BitConverter.SingleToInt32Bits(value));

    /// <summary>A constant vector of 16 elements of 32 bits; of which narrow code reads the first half.</summary>
    public AssemblerMemoryOperand Constant(Func<int, int> element)
    {
        var bytes = MemoryMarshal.AsBytes<int>(Enumerable.Range(0, 16).Select(element).ToArray());
        var key = Convert.ToHexString(bytes);
        if (!_constants.TryGetValue(key, out var place)) _constants[key] = place = assembler.Constant(bytes);
        return place;
    }

    public void Load(int target, AssemblerMemoryOperand source)
    {
        if (IsWide) _code.vmovups(Z(target), source);
        else _code.vmovups(Y(target), source);
    }

    public void Store(AssemblerMemoryOperand target, int source)
    {
        if (IsWide) _code.vmovups(target, Z(source));
        else _code.vmovups(target, Y(source));
    }

    public void Broadcast(int target, AssemblerMemoryOperand source)
    {
        if (IsWide) _code.vbroadcastss(Z(target), source);
        else _code.vbroadcastss(Y(target), source);
    }

    /// <summary>The first element of a vector in all elements of another.</summary>
    public void Broadcast(int target, int source)
    {
        if (IsWide) _code.vbroadcastss(Z(target), X(source));
        else _code.vbroadcastss(Y(target), X(source));
    }

    public void Clear(int target)
    {
        if (IsWide) _code.vpxord(Z(target), Z(target), Z(target));
        else _code.vxorps(Y(target), Y(target), Y(target));
    }

    public void Add(int target, int a, int b)
    {
        if (IsWide) _code.vaddps(Z(target), Z(a), Z(b));
        else _code.vaddps(Y(target), Y(a), Y(b));
    }

    public void Subtract(int target, int a, int b)
    {
        if (IsWide) _code.vsubps(Z(target), Z(a), Z(b));
        else _code.vsubps(Y(target), Y(a), Y(b));
    }

    public void Multiply(int target, int a, int b)
    {
        if (IsWide) _code.vmulps(Z(target), Z(a), Z(b));
        else _code.vmulps(Y(target), Y(a), Y(b));
    }

    public void Multiply(int target, int a, AssemblerMemoryOperand b)
    {
        if (IsWide) _code.vmulps(Z(target), Z(a), b);
        else _code.vmulps(Y(target), Y(a), b);
    }

    /// <summary>The larger; <paramref name="b"/> where one is not a number.</summary>
    public void Maximum(int target, int a, int b)
    {
        if (IsWide) _code.vmaxps(Z(target), Z(a), Z(b));
        else _code.vmaxps(Y(target), Y(a), Y(b));
    }

    /// <summary>Adds a product, rounded once.</summary>
    public void AddProduct(int sum, int a, int b)
    {
        if (IsWide) _code.vfmadd231ps(Z(sum), Z(a), Z(b));
        else _code.vfmadd231ps(Y(sum), Y(a), Y(b));
    }

    /// <summary>Adds the products of pairs of BF16, where vectors are wide.</summary>
    public void AddDot(int sum, int a, int b) => _code.vdpbf16ps(Z(sum), Z(a), Z(b));

    /// <summary>The numbers of a cache as F32.</summary>
    /// <param name="target">The vector.</param>
    /// <param name="address">Where the numbers lie.</param>
    /// <param name="offset">Bytes after the address.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="count">
    /// How many numbers are read; the rest are zeros. Wide code reads fewer than a vector by <see cref="TailMask"/>.
    /// </param>
    public void Decode(int target, AssemblerRegister64 address, int offset, DType type, int count)
    {
        var source = __[address + offset];
        if (IsWide)
        {
            var vector = count < Lanes ? Z(target).k7.z : Z(target);
            if (type == DType.F32) _code.vmovups(vector, source);
            else if (type == DType.F16) _code.vcvtph2ps(vector, source);
            else
            {
                _code.vpmovzxwd(vector, source);
                _code.vpslld(Z(target), Z(target), 16);
            }

            return;
        }

        if (type == DType.F32)
        {
            if (count == Lanes) _code.vmovups(Y(target), source);
            else
            {
                _code.vmovdqu(Y(target), Constant(lane => lane < count ? -1 : 0));
                _code.vmaskmovps(Y(target), Y(target), source);
            }

            return;
        }

        if (count < Lanes)
        {
            _code.vpxor(X(target), X(target), X(target));
            for (var i = 0; i < count; i++) _code.vpinsrw(X(target), X(target), __word_ptr[address + (offset + i * 2)], (byte)i);
            if (type == DType.F16) _code.vcvtph2ps(Y(target), X(target));
            else _code.vpmovzxwd(Y(target), X(target));
        }
        else if (type == DType.F16) _code.vcvtph2ps(Y(target), source);
        else _code.vpmovzxwd(Y(target), source);
        if (type == DType.BF16) _code.vpslld(Y(target), Y(target), 16);
    }

    /// <summary>The first or the second numbers of pairs of BF16 as F32; fewer than a vector as <see cref="Decode"/> reads them.
    /// </summary>
    public void DecodePairs(int target, AssemblerRegister64 address, int offset, bool isSecond, int count)
    {
        var source = __[address + offset];
        if (IsWide)
        {
            var vector = count < Lanes ? Z(target).k7.z : Z(target);
            if (!isSecond)
            {
                _code.vpslld(vector, source, 16);
                return;
            }

            _code.vmovups(vector, source);
            _code.vpandd(Z(target), Z(target), Constant(_ => unchecked((int)0xFFFF0000)));
            return;
        }

        if (count == Lanes) _code.vmovups(Y(target), source);
        else
        {
            _code.vmovdqu(Y(target), Constant(lane => lane < count ? -1 : 0));
            _code.vmaskmovps(Y(target), Y(target), source);
        }

        if (isSecond) _code.vandps(Y(target), Y(target), Constant(_ => unchecked((int)0xFFFF0000)));
        else _code.vpslld(Y(target), Y(target), 16);
    }

    /// <summary>Codes of 8 bits with a sign as F32.</summary>
    public void LoadCodes(int target, AssemblerMemoryOperand source)
    {
        if (IsWide)
        {
            _code.vpmovsxbd(Z(target), source);
            _code.vcvtdq2ps(Z(target), Z(target));
        }
        else
        {
            _code.vpmovsxbd(Y(target), source);
            _code.vcvtdq2ps(Y(target), Y(target));
        }
    }

    /// <summary>
    /// Codes of 8 bits times a scale, which is the one number where vectors are wide, and in all elements where not.
    /// </summary>
    public void LoadCodes(int target, AssemblerMemoryOperand source, AssemblerRegister64 scales, int offset)
    {
        LoadCodes(target, source);
        if (IsWide) _code.vmulps(Z(target), Z(target), __dword_bcst[scales + offset]);
        else _code.vmulps(Y(target), Y(target), __[scales + offset]);
    }

    /// <summary>Stores the first elements of a vector as F32; fewer than a vector as <see cref="Decode"/> reads them.</summary>
    public void StoreFirst(AssemblerRegister64 address, int offset, int source, int count, int temporary)
    {
        var target = __[address + offset];
        if (count == Lanes) Store(target, source);
        else if (IsWide) _code.vmovups(target.k7, Z(source));
        else
        {
            _code.vmovdqu(Y(temporary), Constant(lane => lane < count ? -1 : 0));
            _code.vmaskmovps(target, Y(temporary), Y(source));
        }
    }

    /// <summary>Makes <see cref="TailMask"/> one for the first elements.</summary>
    public void SetTail(int count)
    {
        if (!IsWide || count >= Lanes) return;
        _code.mov(eax, (1 << count) - 1);
        _code.kmovw(TailMask, eax);
    }

    /// <summary>Rounds a vector to 16-bit numbers, to the nearest even, in the lower half of the target.</summary>
    public void Encode16(int target, int source, DType type, int temporary, int another)
    {
        if (type == DType.F16)
        {
            if (IsWide) _code.vcvtps2ph(Y(target), Z(source), 0);
            else _code.vcvtps2ph(X(target), Y(source), 0);
            return;
        }

        // Half of what is cut off, less a little where the kept part is even, carries into it. Not-a-numbers are kept such.
        if (IsWide)
        {
            _code.vpsrld(Z(temporary), Z(source), 16);
            _code.vpandd(Z(another), Z(temporary), Constant(_ => 1));
            _code.vpaddd(Z(another), Z(another), Z(source));
            _code.vpaddd(Z(another), Z(another), Constant(_ => 0x7FFF));
            _code.vpsrld(Z(another), Z(another), 16);
            _code.vcmpps(k1, Z(source), Z(source), 3);
            _code.vpord(Z(another).k1, Z(temporary), Constant(_ => 0x40));
            _code.vpmovdw(Y(target), Z(another));
            return;
        }

        _code.vpsrld(Y(temporary), Y(source), 16);
        _code.vpand(Y(another), Y(temporary), Constant(_ => 1));
        _code.vpaddd(Y(another), Y(another), Y(source));
        _code.vpaddd(Y(another), Y(another), Constant(_ => 0x7FFF));
        _code.vpsrld(Y(another), Y(another), 16);
        _code.vpor(Y(temporary), Y(temporary), Constant(_ => 0x40));
        _code.vcmpps(Y(target), Y(source), Y(source), 3);
        _code.vblendvps(Y(another), Y(another), Y(temporary), Y(target));
        _code.vextracti128(X(temporary), Y(another), 1);
        _code.vpackusdw(X(target), X(another), X(temporary));
    }
}

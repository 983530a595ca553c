using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Puts the codes of a step of packed weights together from their planes, a byte each.</summary>
internal sealed unsafe class PackedCodes(PackedFormat format)
{
    /// <summary>Bytes of the unpacked codes of a step.</summary>
    public const int StepBytes = PackedFormat.StepVectors * PackedFormat.VectorBytes;

    private const int Bytes = 32; // of a vector; a code vector has two

    private readonly CodePlane[] _planes = [.. format.Planes];
    private readonly bool _isPlain = format.Planes is [{ Bits: 8 }] && format.Values.IsEmpty;
    private readonly bool _hasValues = !format.Values.IsEmpty;
    private readonly Vector128<byte> _values = format.Values.IsEmpty ? default : Vector128.Create(format.Values.AsSpan());

    /// <summary>The codes (8, 16, 4): where they are, if they are whole bytes, or unpacked.</summary>
    /// <param name="planes">The packed codes of a step.</param>
    /// <param name="codes">Room for the unpacked ones.</param>
    public byte* Read(byte* planes, byte* codes)
    {
        if (_isPlain) return planes;
        var isFirst = true;
        foreach (var (bits, position) in _planes)
        {
            Spread(planes, codes, bits, position, isFirst);
            planes += bits * PackedFormat.VectorBytes;
            isFirst = false;
        }

        if (_hasValues) LookUp(codes);
        return codes;
    }

    // A field of some bits of plane vector v belongs to code vector v + bits * field.
    private static void Spread(byte* plane, byte* codes, int bits, int position, bool isFirst)
    {
        var mask = Vector256.Create((byte)((1 << bits) - 1));
        var bytes = bits * PackedFormat.VectorBytes;
        for (var field = 0; field < 8 / bits; field++)
        {
            for (var i = 0; i < bytes; i += Bytes, codes += Bytes)
            {
                // Shifted as 16 bits: what comes from the neighbour is masked out, or was nothing.
                var part = (Vector256.Load(plane + i).AsUInt16() >> field * bits).AsByte() & mask;
                part = (part.AsUInt16() << position).AsByte();
                (isFirst ? part : part | Vector256.Load(codes)).Store(codes);
            }
        }
    }

    private void LookUp(byte* codes)
    {
        for (var i = 0; i < StepBytes; i += Vector128<byte>.Count)
        {
            Vector128.ShuffleNative(_values, Vector128.Load(codes + i)).Store(codes + i);
        }
    }
}

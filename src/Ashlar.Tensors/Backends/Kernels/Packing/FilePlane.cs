using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>
/// Bits of the codes as a block in a file has them, in the arrangement that nearly all formats share: of each run of bytes, the
/// lowest bits of every byte come first, then the next higher bits of every byte, and so on. In runs of one byte, bits are in the
/// order of the elements.
/// </summary>
/// <param name="Offset">Where they begin in the block.</param>
/// <param name="Bytes">How many bytes they are, a multiple of 4.</param>
/// <param name="Run">Bytes of a run: 1 (and then single bits), or a multiple of 4.</param>
/// <param name="Bits">Bits of a code in it.</param>
/// <param name="Position">The lowest of them in the code.</param>
internal readonly record struct FilePlane(int Offset, int Bytes, int Run, int Bits, int Position);

/// <summary>Reads the codes of sixteen columns at once.</summary>
internal static unsafe class FilePlanes
{
    /// <summary>Where the codes lie; empty for formats that are packed in other ways.</summary>
    public static FilePlane[] Of(DType type) => type switch
    {
        DType.Q5_0 => [new(6, 16, 16, 4, 0), new(2, 4, 1, 1, 4)],
        DType.Q5_1 => [new(8, 16, 16, 4, 0), new(4, 4, 1, 1, 4)],
        DType.Q2_K => [new(16, 64, 32, 2, 0)],
        DType.Q3_K => [new(32, 64, 32, 2, 0), new(0, 32, 32, 1, 2)],
        DType.Q4_K => [new(16, 128, 32, 4, 0)],
        DType.Q5_K => [new(48, 128, 32, 4, 0), new(16, 32, 32, 1, 4)],
        DType.Q6_K => [new(0, 128, 64, 4, 0), new(128, 64, 32, 2, 4)],
        DType.TQ2_0 => [new(0, 64, 32, 2, 0)],
        DType.NVFP4 => [new(4, 32, 8, 4, 0)],
        _ => [],
    };

    /// <summary>
    /// Adds the bits of a plane to codes: vector j of 64 bytes is elements 4j to 4j + 3 of each column.
    /// </summary>
    /// <param name="plane">Where the bits are.</param>
    /// <param name="transposed">(plane bytes / 4) vectors with successive four bytes of every column.</param>
    /// <param name="codes">The codes' vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(FilePlane plane, byte* transposed, byte* codes)
    {
        if (plane.Run == 1)
        {
            AddSingleBits(plane, Vector512.Load((uint*)transposed), codes);
            return;
        }

        var mask = Vector512.Create((byte)((1 << plane.Bits) - 1));
        var (fields, wordsOfRun) = (8 / plane.Bits, plane.Run / 4);
        for (var word = 0; word < plane.Bytes / 4; word++)
        {
            var bytes = Vector512.Load(transposed + word * PackedFormat.VectorBytes);
            var first = codes + (word / wordsOfRun * fields * wordsOfRun + word % wordsOfRun) * PackedFormat.VectorBytes;
            for (var field = 0; field < fields; field++)
            {
                var code = first + field * wordsOfRun * PackedFormat.VectorBytes;
                var bits = (bytes.AsUInt32() >>> field * plane.Bits).AsByte() & mask;
                (Vector512.Load(code) | (bits.AsUInt32() << plane.Position).AsByte()).Store(code);
            }
        }
    }

    // Four successive bits go to four successive bytes: three copies of the four, each moved on by 7, bring them there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSingleBits(FilePlane plane, Vector512<uint> words, byte* codes)
    {
        for (var vector = 0; vector < PackedFormat.StepVectors; vector++, codes += PackedFormat.VectorBytes)
        {
            var four = words >>> vector * 4 & Vector512.Create(0x0Fu);
            var spread = (four | four << 7 | four << 14 | four << 21) & Vector512.Create(0x01010101u);
            (Vector512.Load((uint*)codes) | spread << plane.Position).Store((uint*)codes);
        }
    }
}

using System.Collections.Immutable;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>
/// How the weights of a block format lie when packed for matrix products: all that packing, unpacking and the emitters need.
/// <para>Sixteen columns (rows of the matrix in the file) lie together, block by block of <see cref="BlockElements"/>. A block is
/// its factors (<see cref="BlockBytes"/>, none for most), then a step for every 32 elements of k. A step is the scales of its
/// groups, then their offsets, sixteen of each; then the codes.</para>
/// <para>The codes of a step are eight vectors of 64 bytes: vector j holds elements 4j to 4j + 3 of column 0, of column 1, and so
/// on. They are stored in planes of some of their bits: a plane of b bits is b vectors, in which the field f of b bits (counted
/// from the lowest) of vector v belongs to code vector v + b * f.</para>
/// </summary>
/// <param name="BlockElements">Elements of k that share factors: 32, or 256 where scales are steps of a factor.</param>
/// <param name="GroupElements">Elements of k that share a scale: 16 or 32.</param>
/// <param name="Planes">The parts of a code.</param>
/// <param name="Zero">The code that stands for zero; 0 where there are offsets.</param>
/// <param name="Scales">How scales and offsets are stored.</param>
internal sealed record PackedFormat(
    int BlockElements, int GroupElements, ImmutableArray<CodePlane> Planes, int Zero, ScaleForm Scales)
{
    /// <summary>Elements of k in a step.</summary>
    public const int StepElements = 32;

    /// <summary>Bytes of the codes of four elements of sixteen columns.</summary>
    public const int VectorBytes = 64;

    /// <summary>Code vectors of a step.</summary>
    public const int StepVectors = StepElements / 4;

    /// <summary>
    /// What the stored index stands for, as codes from 0 (value + <see cref="Zero"/>); empty where the index is the code.
    /// </summary>
    public ImmutableArray<byte> Values { get; init; } = [];

    /// <summary>The largest code.</summary>
    public int LargestCode => Values.IsEmpty ? (1 << CodeBits) - 1 : Values.Max();

    /// <summary>Bits of a stored code.</summary>
    public int CodeBits { get; } = Planes.Sum(plane => plane.Bits);

    /// <summary>Whether groups have offsets.</summary>
    public bool HasOffsets => Scales is ScaleForm.HalfAndOffset or ScaleForm.StepsAndOffsets or ScaleForm.NibbleStepsAndOffsets;

    /// <summary>What the activations must carry beside their codes.</summary>
    public Bias Bias => new(GroupElements, Zero);

    /// <summary>Groups of a step: 1 or 2.</summary>
    public int StepGroups { get; } = StepElements / GroupElements;

    /// <summary>Bytes of the factors of a block: those of the scales, then those of the offsets, f16.</summary>
    public int BlockBytes { get; } = Scales switch
    {
        ScaleForm.Steps => WeightMatMul.Columns * sizeof(ushort),
        ScaleForm.StepsAndOffsets or ScaleForm.NibbleStepsAndOffsets => WeightMatMul.Columns * sizeof(ushort) * 2,
        _ => 0,
    };

    /// <summary>Bytes of the scales, or of the offsets, of one group of sixteen columns.</summary>
    public int ScaleBytes { get; } = BytesOfScales(Scales);

    /// <summary>Where the offsets begin in a step; they share their bytes with the scales where both are nibbles.</summary>
    public int Offsets { get; } =
        Scales is ScaleForm.NibbleStepsAndOffsets ? 0 : StepElements / GroupElements * BytesOfScales(Scales);

    /// <summary>Where the codes begin in a step.</summary>
    public int Codes { get; } = BytesBeforeCodes(GroupElements, Scales);

    /// <summary>Bytes of a step.</summary>
    public int StepBytes { get; } = BytesBeforeCodes(GroupElements, Scales) + Planes.Sum(plane => plane.Bits) * VectorBytes;

    /// <summary>Steps of a block.</summary>
    public int BlockSteps { get; } = BlockElements / StepElements;

    /// <summary>Bytes of sixteen columns of <paramref name="k"/> elements.</summary>
    public long ColumnsBytes(long k) => checked(k / BlockElements * (BlockBytes + BlockSteps * StepBytes));

    private static int BytesOfScales(ScaleForm scales) => WeightMatMul.Columns * scales switch
    {
        ScaleForm.Half or ScaleForm.HalfAndOffset => sizeof(ushort),
        ScaleForm.Single => sizeof(float),
        _ => sizeof(byte),
    };

    private static int BytesBeforeCodes(int groupElements, ScaleForm scales)
    {
        var bytes = StepElements / groupElements * BytesOfScales(scales);
        return scales is ScaleForm.HalfAndOffset or ScaleForm.StepsAndOffsets ? bytes * 2 : bytes;
    }
}

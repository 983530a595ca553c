using Ashlar.Tensors.Backends.Kernels.Packing;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Weights that were unpacked into scratch memory. A step is eight vectors of codes, then the F32 scales of its groups, then
/// their offsets.
/// </summary>
internal sealed class PanelSource(QuantizedVectors vectors, PackedFormat format) : IWeightSource
{
    private const int HalfBytes = 32, CodesBytes = PackedFormat.StepVectors * PackedFormat.VectorBytes;

    public int StepBytes => CodesBytes + (format.HasOffsets ? 2 : 1) * format.StepGroups * PackedFormat.VectorBytes;

    public int BlockSteps => 1;

    public void Prepare(Queue<int> free)
    {
    }

    public void BeginBlock()
    {
    }

    public void ReadCodes(int to, int temporary, int vector, int half) =>
        vectors.Load(to, __[Weights + (vector * PackedFormat.VectorBytes + half * HalfBytes)]);

    public void ReadScales(int to, int temporary, int group, int half) =>
        vectors.Load(to, __[Weights + (Scales(group) + half * HalfBytes)]);

    public void ReadOffsets(int to, int temporary, int group, int half) =>
        vectors.Load(to, __[Weights + (Scales(format.StepGroups + group) + half * HalfBytes)]);

    /// <summary>Where the scales of a group are in a step; those past the last group are offsets.</summary>
    public static int Scales(int group) => CodesBytes + group * PackedFormat.VectorBytes;
}

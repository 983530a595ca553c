using Ashlar.Tensors.Backends.Kernels.Packing;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Unpacks some steps of sixteen columns as <see cref="PanelSource"/> reads them.</summary>
internal sealed class PanelUnpack(QuantizedVectors vectors, PackedFormat format)
{
    private const int Value = 0, Temporary = 1, Registers = 2;

    /// <summary>Emits the loop over k, from <see cref="Position"/> to <see cref="BlockEnd"/>.</summary>
    /// <param name="panel">The layout of the panel.</param>
    /// <param name="target">Points to the panel's first step, and past its last in the end.</param>
    public void Emit(PanelSource panel, AssemblerRegister64 target)
    {
        var source = new PackedSource(vectors, format);
        source.Prepare(new Queue<int>(Enumerable.Range(Registers, vectors.Registers - Registers)));
        LoopOverK.Emit(vectors.Code, source, () =>
        {
            for (var half = 0; half < (vectors.IsWide ? 1 : 2); half++) UnpackHalf(source, target, half);
            vectors.Code.add(target, panel.StepBytes);
        });
    }

    private void UnpackHalf(PackedSource source, AssemblerRegister64 target, int half)
    {
        var at = half * vectors.Bytes;
        for (var vector = 0; vector < PackedFormat.StepVectors; vector++)
        {
            source.ReadCodes(Value, Temporary, vector, half);
            vectors.Store(__[target + (vector * PackedFormat.VectorBytes + at)], Value);
        }

        for (var group = 0; group < format.StepGroups; group++)
        {
            source.ReadScales(Value, Temporary, group, half);
            vectors.Store(__[target + (PanelSource.Scales(group) + at)], Value);
            if (!format.HasOffsets) continue;
            source.ReadOffsets(Value, Temporary, group, half);
            vectors.Store(__[target + (PanelSource.Scales(format.StepGroups + group) + at)], Value);
        }
    }
}

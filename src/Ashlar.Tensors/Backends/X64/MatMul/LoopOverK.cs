using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The loop over k, from <see cref="Position"/> to <see cref="BlockEnd"/>: blocks of a source, and the steps of each.
/// </summary>
internal static class LoopOverK
{
    /// <summary>
    /// Emits the loop; <see cref="Weights"/> points to the first step before it, and past the last one after it.
    /// </summary>
    /// <param name="code">The instructions.</param>
    /// <param name="source">Where the weights come from.</param>
    /// <param name="step">Emits what is done in each step.</param>
    public static void Emit(Assembler code, IWeightSource source, Action step)
    {
        var (block, next) = (code.CreateLabel(), code.CreateLabel());
        code.Label(ref block);
        source.BeginBlock();
        if (source.BlockSteps > 1) code.Label(ref next);
        step();
        code.add(Weights, source.StepBytes);
        code.add(Position, StepPositions);
        if (source.BlockSteps > 1)
        {
            // Every block of k begins at a multiple of the source's blocks, whose steps are a power of two.
            code.test(Position, source.BlockSteps * StepPositions - 1);
            code.jne(next);
        }

        code.cmp(Position, BlockEnd);
        code.jl(block);
    }
}

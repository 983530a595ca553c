namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Where a tile has its weights from: registers are named by numbers, and <c>half</c> is the part of the sixteen columns that
/// fills a vector. <see cref="MatMulRegisters.Weights"/> points to the step.
/// </summary>
internal interface IWeightSource
{
    /// <summary>Bytes of a step.</summary>
    int StepBytes { get; }

    /// <summary>Steps between two calls of <see cref="BeginBlock"/>; 1 where there are no blocks.</summary>
    int BlockSteps { get; }

    /// <summary>Brings what the loop holds in registers, if some are left over.</summary>
    void Prepare(Queue<int> free);

    /// <summary>Passes the head of a block.</summary>
    void BeginBlock();

    /// <summary>Reads four codes of every column as unsigned bytes.</summary>
    void ReadCodes(int to, int temporary, int vector, int half);

    /// <summary>Reads the scales of a group.</summary>
    void ReadScales(int to, int temporary, int group, int half);

    /// <summary>Reads the offsets of a group.</summary>
    void ReadOffsets(int to, int temporary, int group, int half);
}

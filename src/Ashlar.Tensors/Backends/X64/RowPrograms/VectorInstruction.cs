using System.Collections.Immutable;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>What an instruction of a row kernel does to whole vectors of F32 (or of the same bits as I32).</summary>
internal enum VectorOperation
{
    /// <summary>Whatever the source is, into a register.</summary>
    Move,
    Load, LoadTail, LoadSplat,
    Add, Subtract, Multiply, Divide,
    /// <summary>The processor's own: the second source where either is not a number, or both are zeros.</summary>
    RawMaximum, RawMinimum,
    And, AndNot, Or, Xor, AddInteger, SubtractInteger,
    /// <summary>First source * 2^second, a whole number; 512-bit vectors only.</summary>
    Scale,
    SquareRoot, ToInteger, FromInteger, Round, ShiftLeft, ShiftRight, ShiftRightSigned,
    /// <summary>First * second + third, rounded once.</summary>
    MultiplyAdd,
    /// <summary>Third - first * second, rounded once.</summary>
    NegateMultiplyAdd,
    /// <summary>The larger, the smaller: not a number where either source is not; -0 is less than 0.</summary>
    Maximum, Minimum,
    /// <summary>The third source where first and second compare as the immediate says, else the fourth.</summary>
    Choose,
    /// <summary>The first source in the lanes of a row's last elements, else the second; the third is the lanes' mask.</summary>
    BlendTail,
    Store, StoreTail, StoreFirst, StoreSlot, StoreBFloat16, StoreBFloat16Tail, StoreZeros, StoreQuantized, StoreFourQuantized,
}

/// <summary>Where an operand is.</summary>
internal enum OperandKind
{
    None,
    /// <summary>A value of straight-line code, which gets a register.</summary>
    Value,
    /// <summary>The same 4 bytes in every lane.</summary>
    Constant,
    /// <summary>A vector in scratch memory, at an offset in bytes.</summary>
    Slot,
    /// <summary>A vector with all bits set in its first lanes, that many, and none in the others.</summary>
    Mask,
    /// <summary>A vector register that the code around reserves.</summary>
    Pinned,
}

/// <summary>An operand: a value's number, a constant's bits, a slot's offset or a register's number.</summary>
internal readonly record struct Operand(OperandKind Kind, int Index)
{
    public static Operand Of(float constant) => new(OperandKind.Constant, BitConverter.SingleToInt32Bits(constant));

    public static Operand Of(int constant) => new(OperandKind.Constant, constant);

    public static Operand Slot(int offset) => new(OperandKind.Slot, offset);

    /// <summary>Whether it can only be used from a register after a load.</summary>
    public bool IsMemory => Kind is OperandKind.Constant or OperandKind.Slot;
}

/// <summary>
/// A place in memory: a pointer of the frame (scratch memory where it is -1), plus the index of the loop's first element times a
/// scale, plus bytes.
/// </summary>
internal readonly record struct Place(int Pointer, int Scale, int Offset)
{
    public const int Scratch = -1;
}

/// <summary>An instruction: a target (or none), its sources, and what the operation needs beside them.</summary>
internal sealed record VectorInstruction(VectorOperation Operation, Operand Target, ImmutableArray<Operand> Sources)
{
    public int Immediate { get; init; }

    public Place Place { get; init; }

    /// <summary>The output that <see cref="VectorOperation.StoreQuantized"/> writes.</summary>
    public Kernels.QuantizedRows? Quantized { get; init; }
}

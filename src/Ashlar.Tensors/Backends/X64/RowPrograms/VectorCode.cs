using static Ashlar.Tensors.Backends.X64.RowPrograms.VectorOperation;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>How <see cref="VectorCode.Choose"/> compares: the processor's numbers, for whole numbers and 256 more.</summary>
internal enum Comparison
{
    Equal = 0,
    LessThan = 17,
    LessOrEqual = 18,
    Unordered = 3,
    NotEqualOrUnordered = 4,
    EqualInteger = 256,
    LessThanInteger = 257,
}

/// <summary>Straight-line code over vectors, whatever their size, as it is being written.</summary>
/// <param name="isWide">Whether the vectors are those of 512 bits.</param>
internal sealed class VectorCode(bool isWide)
{
    private int _values;

    public bool IsWide => isWide;

    public List<VectorInstruction> Instructions { get; private set; } = [];

    public Operand Load(Place place) => Emit(VectorOperation.Load, place);

    public Operand LoadTail(Place place, Operand mask) => Emit(VectorOperation.LoadTail, place, mask);

    public Operand LoadSplat(Place place) => Emit(VectorOperation.LoadSplat, place);

    public Operand Move(Operand x) => Emit(VectorOperation.Move, x);

    public Operand Add(Operand x, Operand y) => Commuting(VectorOperation.Add, x, y);

    public Operand Subtract(Operand x, Operand y) => Emit(VectorOperation.Subtract, x, y);

    public Operand Multiply(Operand x, Operand y) => Commuting(VectorOperation.Multiply, x, y);

    public Operand Divide(Operand x, Operand y) => Emit(VectorOperation.Divide, x, y);

    public Operand RawMaximum(Operand x, Operand y) => Emit(VectorOperation.RawMaximum, x, y);

    public Operand RawMinimum(Operand x, Operand y) => Emit(VectorOperation.RawMinimum, x, y);

    public Operand Maximum(Operand x, Operand y) => Emit(VectorOperation.Maximum, x, y);

    public Operand Minimum(Operand x, Operand y) => Emit(VectorOperation.Minimum, x, y);

    public Operand And(Operand x, Operand y) => Commuting(VectorOperation.And, x, y);

    public Operand Or(Operand x, Operand y) => Commuting(VectorOperation.Or, x, y);

    public Operand Xor(Operand x, Operand y) => Commuting(VectorOperation.Xor, x, y);

    public Operand AddInteger(Operand x, Operand y) => Commuting(VectorOperation.AddInteger, x, y);

    public Operand SubtractInteger(Operand x, Operand y) => Emit(VectorOperation.SubtractInteger, x, y);

    public Operand SquareRoot(Operand x) => Emit(VectorOperation.SquareRoot, x);

    /// <summary>To the nearest whole number, ties to even, as I32.</summary>
    public Operand ToInteger(Operand x) => Emit(VectorOperation.ToInteger, x);

    public Operand FromInteger(Operand x) => Emit(VectorOperation.FromInteger, x);

    /// <summary>To the nearest whole number, ties to even.</summary>
    public Operand Round(Operand x) => Emit(VectorOperation.Round, 8, x);

    public Operand Floor(Operand x) => Emit(VectorOperation.Round, 9, x);

    public Operand ShiftLeft(Operand x, int bits) => Emit(VectorOperation.ShiftLeft, bits, x);

    public Operand ShiftRight(Operand x, int bits) => Emit(VectorOperation.ShiftRight, bits, x);

    public Operand ShiftRightSigned(Operand x, int bits) => Emit(VectorOperation.ShiftRightSigned, bits, x);

    /// <summary>x * y + z.</summary>
    public Operand MultiplyAdd(Operand x, Operand y, Operand z) => Emit(VectorOperation.MultiplyAdd, x, y, z);

    /// <summary>z - x * y.</summary>
    public Operand NegateMultiplyAdd(Operand x, Operand y, Operand z) => Emit(VectorOperation.NegateMultiplyAdd, x, y, z);

    public Operand Choose(Comparison comparison, Operand x, Operand y, Operand yes, Operand no) =>
        Emit(VectorOperation.Choose, (int)comparison, x, y, yes, no);

    public Operand Absolute(Operand x) => And(x, Operand.Of(int.MaxValue));

    public Operand Sign(Operand x) => And(x, Operand.Of(int.MinValue));

    public Operand Negate(Operand x) => Xor(x, Operand.Of(int.MinValue));

    /// <summary>
    /// x * 2^n, rounded once where the result is denormal, for a whole number n from -250 to 250 and x of about 1.
    /// </summary>
    public Operand ScaleByPowerOfTwo(Operand x, Operand n)
    {
        if (isWide) return Emit(Scale, x, n);
        var whole = ToInteger(n);
        var half = ShiftRightSigned(whole, 1);
        var other = SubtractInteger(whole, half);
        return Multiply(Multiply(x, PowerOfTwo(half)), PowerOfTwo(other));

        Operand PowerOfTwo(Operand exponent) => ShiftLeft(AddInteger(exponent, Operand.Of(127)), 23);
    }

    /// <summary>The polynomial with these coefficients, the constant one first.</summary>
    public Operand Polynomial(Operand x, params ReadOnlySpan<float> coefficients)
    {
        var sum = Operand.Of(coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--) sum = MultiplyAdd(sum, x, Operand.Of(coefficients[i]));
        return sum;
    }

    /// <summary>Writes x over what a reserved register or a slot holds.</summary>
    public void Assign(Operand target, Operand x)
    {
        if (target.Kind == OperandKind.Slot)
        {
            Instructions.Add(new(StoreSlot, default, [x]) { Immediate = target.Index });
        }
        else if (Instructions[^1] is { Operation: VectorOperation.Add or VectorOperation.MultiplyAdd } last && last.Target == x)
        {
            Instructions[^1] = last with { Target = target };
        }
        else
        {
            Instructions.Add(new(VectorOperation.Move, target, [x]));
        }
    }

    /// <summary>A new value, that the caller sets.</summary>
    public Operand NewValue() => new(OperandKind.Value, _values++);

    /// <summary>Adds an instruction that has no target.</summary>
    public void Write(VectorInstruction instruction) => Instructions.Add(instruction);

    /// <summary>x in the lanes of the row's last elements, else y.</summary>
    public Operand BlendTail(Operand x, Operand y, Operand mask) => Emit(VectorOperation.BlendTail, x, y, mask);

    /// <summary>
    /// The code that each call of <paramref name="write"/> writes, one instruction of each by turns, so that the processor need
    /// not wait for the results of one.
    /// </summary>
    public void Interleave(IEnumerable<Action> write)
    {
        var before = Instructions;
        List<List<VectorInstruction>> strands = [];
        foreach (var strand in write)
        {
            strands.Add(Instructions = []);
            strand();
        }

        Instructions = before;
        var longest = strands.Max(strand => strand.Count);
        for (var i = 0; i < longest; i++)
        {
            foreach (var strand in strands)
            {
                if (i < strand.Count) Instructions.Add(strand[i]);
            }
        }
    }

    private Operand Commuting(VectorOperation operation, Operand x, Operand y) =>
        x.IsMemory && !y.IsMemory ? Emit(operation, y, x) : Emit(operation, x, y);

    private Operand Emit(VectorOperation operation, params ReadOnlySpan<Operand> sources) => Emit(operation, 0, sources);

    private Operand Emit(VectorOperation operation, int immediate, params ReadOnlySpan<Operand> sources)
    {
        var target = NewValue();
        Instructions.Add(new(operation, target, [.. sources]) { Immediate = immediate });
        return target;
    }

    private Operand Emit(VectorOperation operation, Place place, params ReadOnlySpan<Operand> sources)
    {
        var target = Emit(operation, sources);
        Instructions[^1] = Instructions[^1] with { Place = place };
        return target;
    }
}

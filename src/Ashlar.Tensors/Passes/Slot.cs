namespace Ashlar.Tensors.Passes;

/// <summary>One argument of a kernel.</summary>
internal abstract record Slot
{
    /// <summary>The address of a value, and some bytes on: where a view of it begins.</summary>
    public sealed record Address(Value Value, long Bytes = 0) : Slot;

    /// <summary>A number known when the plan is made.</summary>
    public sealed record Number(long Constant) : Slot;

    /// <summary>A size known when the plan runs.</summary>
    public sealed record Count(Dim Size) : Slot;

    /// <summary>The address of packed weights.</summary>
    public sealed record Weights(WeightMatrix Matrix) : Slot;

    /// <summary>The address of what is prepared before each run.</summary>
    public sealed record Prepared(Preparation Preparation) : Slot;
}

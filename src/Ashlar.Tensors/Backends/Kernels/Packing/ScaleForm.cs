namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>How the scales (and offsets) of groups are stored.</summary>
internal enum ScaleForm
{
    /// <summary>F16.</summary>
    Half,
    /// <summary>F16 scales and F16 offsets.</summary>
    HalfAndOffset,
    /// <summary>F32.</summary>
    Single,
    /// <summary>Powers of two: the byte b stands for 2^(b - 128).</summary>
    PowerOfTwo,
    /// <summary>Signed bytes, steps of the block's factor.</summary>
    Steps,
    /// <summary>Unsigned bytes, steps of the block's two factors; the second one is stored with its sign turned.</summary>
    StepsAndOffsets,
    /// <summary>The same in nibbles of one byte: the scale in the lower, the offset in the upper.</summary>
    NibbleStepsAndOffsets,
}

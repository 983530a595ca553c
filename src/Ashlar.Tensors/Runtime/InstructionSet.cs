namespace Ashlar.Tensors.Runtime;

/// <summary>
/// What kernels are made of, from the least to the most: each x64 level can run the kernels of those below it.
/// </summary>
internal enum InstructionSet
{
    /// <summary>No compiler: one operation at a time, by the reference backend.</summary>
    Reference,
    /// <summary>Kernels in C#, for processors without an emitter and where run-time code is forbidden.</summary>
    Portable,
    /// <summary>256-bit vectors with fused multiply-add and half-precision conversion (x86-64-v3).</summary>
    Avx2,
    /// <summary>The same with 8-bit dot products (VNNI).</summary>
    Avx2Vnni,
    /// <summary>512-bit vectors and masks (x86-64-v4: F, BW, CD, DQ, VL).</summary>
    Avx512,
    /// <summary>The same with 8-bit dot products.</summary>
    Avx512Vnni,
    /// <summary>The same with dot products of bfloat16.</summary>
    Avx512Bf16,
}

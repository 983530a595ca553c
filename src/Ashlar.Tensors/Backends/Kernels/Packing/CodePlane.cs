namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Some bits of the codes, stored together.</summary>
/// <param name="Bits">How many: 1, 2, 4 or 8.</param>
/// <param name="Position">The lowest of them in the code.</param>
internal readonly record struct CodePlane(int Bits, int Position);

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>A step of a row program: an operation on the results of the steps A, B and C.</summary>
internal readonly record struct RowStep(RowOperation Operation, int A = -1, int B = -1, int C = -1, float Value = 0);

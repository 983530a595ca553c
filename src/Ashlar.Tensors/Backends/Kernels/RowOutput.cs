namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>What a row program writes: the result of a step.</summary>
/// <param name="Step">The number of the step.</param>
/// <param name="Form">How elements are written; numbers that stand for a whole row are written as F32.</param>
/// <param name="Stride">For F32, elements from row to row; other forms say their own.</param>
/// <param name="Quantized">The layout, where the form is <see cref="RowForm.Q8"/>.</param>
internal sealed record RowOutput(int Step, RowForm Form, long Stride, QuantizedRows? Quantized = null);

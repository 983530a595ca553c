namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// A number for each group of activations by which a product with unsigned or offset weights is put right. Weights are
/// <c>scale * (code - Zero) + offset</c> with codes from 0; where <c>Zero</c> is not 0, the number is the I32
/// <c>-Zero * (sum of the activations' codes)</c>; where it is 0, the F32 <c>activation scale * (sum of the codes)</c>, which the
/// offset is multiplied by.
/// </summary>
/// <param name="Group">Weights that share a scale: 16 or 32.</param>
/// <param name="Zero">The code that stands for zero, or 0 where the format has offsets.</param>
internal readonly record struct Bias(int Group, int Zero)
{
    /// <summary>Group and zero.</summary>
    public override string ToString() => $"{Group}:{Zero}";
}

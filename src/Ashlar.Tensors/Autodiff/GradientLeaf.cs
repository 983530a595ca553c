namespace Ashlar.Tensors.Autodiff;

/// <summary>What is kept of a leaf whose gradient is wanted.</summary>
internal sealed class GradientLeaf
{
    /// <summary>The gradients of every backward so far, added up; null where there were none.</summary>
    public Tensor? Gradient { get; set; }
}

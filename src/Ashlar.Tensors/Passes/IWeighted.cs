namespace Ashlar.Tensors.Passes;

/// <summary>A region that reads packed weights.</summary>
internal interface IWeighted
{
    /// <summary>The weights.</summary>
    WeightMatrix Matrix { get; }
}

namespace Ashlar.Tensors.Sharding;

/// <summary>What a rank has of a value of the whole graph.</summary>
/// <param name="Node">The value on the rank.</param>
/// <param name="Axis">The axis along which it is a part, counted from the front; -1 where it is all of it.</param>
internal readonly record struct Part(Node Node, int Axis = -1)
{
    /// <summary>Whether it is not all of the value.</summary>
    public bool IsCut => Axis >= 0;

    /// <summary>The axis counted from the back, -1 for the last; 0 where it is all of the value.</summary>
    public int AxisFromBack => IsCut ? Axis - Node.Shape.Rank : 0;
}

namespace Ashlar.Tensors.Autodiff;

/// <summary>
/// What one use of a value adds to its gradient: a tensor of the value's shape, or one that belongs to a run of elements along an
/// axis, with zeros beside it. The default adds nothing.
/// </summary>
/// <param name="Value">What is added; null for nothing.</param>
/// <param name="Axis">The axis along which it is a part, counted from the front; -1 where it is no part.</param>
/// <param name="Start">The first element that it belongs to.</param>
internal readonly record struct Contribution(Tensor? Value, int Axis = -1, long Start = 0)
{
    /// <summary>Nothing: the result does not change with this input.</summary>
    public static Contribution None => default;

    /// <summary>A tensor of the value's shape.</summary>
    public static implicit operator Contribution(Tensor value) => new(value);
}

namespace Ashlar.Tensors;

/// <summary>Inputs that do not fit an operation: the message names the operation, its inputs and their shapes.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An error without a message.</summary>
    public ShapeException() { }

    /// <summary>An error with a message.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>An error with a message and a cause.</summary>
    public ShapeException(string message, Exception innerException) : base(message, innerException) { }

    internal static ShapeException For(Op op, ReadOnlySpan<Node> inputs, string rule) => new($"{op.Describe(inputs)}: {rule}");
}

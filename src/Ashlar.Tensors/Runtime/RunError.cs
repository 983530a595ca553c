namespace Ashlar.Tensors.Runtime;

/// <summary>How an operation that cannot be computed is told.</summary>
internal static class RunError
{
    /// <summary>Whether an error is about the values of a run, and not about the program.</summary>
    public static bool IsExpected(Exception error) =>
        error is ArgumentException or InvalidOperationException or ArithmeticException or KeyNotFoundException;

    /// <summary>The error with the name of the operation and its inputs.</summary>
    public static InvalidOperationException Of(Node node, Exception error)
    {
        var name = node.Label is null ? "" : $"'{node.Label}' = ";
        return new InvalidOperationException($"{name}{node.Op.Describe(node.Inputs.AsSpan())}: {error.Message}", error);
    }
}

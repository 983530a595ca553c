namespace Ashlar.Training.Parameters;

/// <summary>A trained tensor: where it lies in the buffers of its <see cref="ParameterSet"/>, and what it is for.</summary>
public sealed class Parameter
{
    internal Parameter(string name, long[] sizes, long start, long elements, long padded) =>
        (Name, Sizes, Start, Elements, PaddedElements, Role) = (name, sizes, start, elements, padded, RoleOf(name, sizes));

    /// <summary>The tensor by GGUF's name.</summary>
    public string Name { get; }

    /// <summary>The size of each axis.</summary>
    public IReadOnlyList<long> Sizes { get; }

    /// <summary>Its first element in every buffer of the set.</summary>
    public long Start { get; }

    /// <summary>How many elements it has.</summary>
    public long Elements { get; }

    /// <summary>What it is for.</summary>
    public ParameterRole Role { get; }

    /// <summary>Elements with those behind it that are always zero.</summary>
    internal long PaddedElements { get; }

    private static ParameterRole RoleOf(string name, long[] sizes) =>
        name.EndsWith(".bias", StringComparison.Ordinal) ? ParameterRole.Bias
        : sizes.Length < 2 ? ParameterRole.Norm
        : name is "token_embd.weight" or "position_embd.weight" ? ParameterRole.Embedding
        : name == "output.weight" ? ParameterRole.Output
        : ParameterRole.Matrix;
}

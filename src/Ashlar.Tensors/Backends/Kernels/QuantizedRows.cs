using System.Collections.Immutable;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// The layout of activations quantized to 8 bits: for every 32 elements x of a row, <c>scale = max|x| / 127</c> and codes
/// <c>round(x * factor)</c>, to the nearest even, with the <see cref="Factor"/> of max|x|. An element that is not finite makes
/// the scale so, and with it all that is computed from it. A row holds its codes, one byte each in the order of the elements;
/// then the scales, F32; then, for each of <see cref="Biases"/>, four bytes a group.
/// </summary>
/// <param name="width">Elements of a row, a multiple of 32.</param>
/// <param name="biases">What the formats of the weights need beside the codes, none twice.</param>
internal sealed class QuantizedRows(long width, ImmutableArray<Bias> biases) : IEquatable<QuantizedRows>
{
    /// <summary>Elements that share a scale.</summary>
    public const int Group = 32;

    /// <summary>The code of the largest magnitude in a group.</summary>
    public const int LargestCode = 127;

    public long Width => width;

    public ImmutableArray<Bias> Biases => biases;

    /// <summary>Where the scales begin in a row, in bytes.</summary>
    public long Scales => width;

    /// <summary>Bytes from row to row.</summary>
    public long Stride => OddLines.Bytes(Offset(biases.Length));

    /// <summary>
    /// The factor from a group's elements to its codes: the largest number where the quotient is none, so that zeros and the
    /// tiniest numbers need no case of their own. Emitted code has the same rule.
    /// </summary>
    public static float Factor(float largest) => MathF.Min(LargestCode / largest, float.MaxValue);

    /// <summary>Where the numbers of a bias begin in a row, in bytes.</summary>
    public long OffsetOf(Bias bias) => biases.IndexOf(bias) is >= 0 and var index
        ? Offset(index)
        : throw new ArgumentException($"the rows have no {bias}", nameof(bias));

    public bool Equals(QuantizedRows? other) => other is not null && other.Width == width && other.Biases.SequenceEqual(biases);

    public override bool Equals(object? obj) => Equals(obj as QuantizedRows);

    public override int GetHashCode() => biases.Aggregate(width.GetHashCode(), HashCode.Combine);

    public override string ToString() => $"q8({string.Join(' ', biases)})";

    private long Offset(int bias) => width + width / Group * 4 + biases.Take(bias).Sum(before => width / before.Group * 4);
}

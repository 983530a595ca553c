using System.Text;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>
/// Leaves out a share of elements, and scales the others up (Srivastava et al., 2014). Which ones follows from whole numbers
/// alone:
/// three random ones for each token and run, and two for each column and place in the model, mixed modulo a prime. Their products
/// are below 2^24, so that F32 holds them exactly: every backend, and a second computation in place of a kept value, find the
/// same.
/// </summary>
public sealed class Dropout
{
    /// <summary>The modulus: the largest prime whose square is below 2^24.</summary>
    public const int Prime = 4093;

    private readonly double _share;

    internal Dropout(double share, long tokens)
    {
        if (!(share is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "dropout is 0 to below 1");
        _share = share;
        Keys = Tensor.Input("dropout", DType.F32, [tokens, 3]);
    }

    internal Tensor Keys { get; }

    /// <summary>What is left of some rows, (tokens, columns).</summary>
    internal Tensor Apply(string place, Tensor x)
    {
        var columns = x.Shape[1].Value;
        var (multipliers, offsets) = (Numbers($"{place}.multiply", columns, 1), Numbers($"{place}.add", columns, 0));
        var mixed = Modulo(Key(0) * multipliers + Key(1)); // (tokens, columns)
        mixed = Modulo(mixed * mixed + offsets);
        mixed = Modulo(mixed * multipliers + Key(2));
        var limit = Tensor.Scalar(Math.Round(_share * Prime));
        return mixed.LessThan(limit).Select(Tensor.Scalar(0), x * (1 / (1 - _share)));
    }

    private static Tensor Modulo(Tensor x) => x - (x / Prime).Floor() * Prime;

    private Tensor Key(int column) => Keys.Slice(1, column, 1);

    private static Tensor Numbers(string name, long count, int least)
    {
        var hash = 0xCBF29CE484222325; // FNV-1a of the name seeds the generator
        foreach (var value in Encoding.UTF8.GetBytes(name)) hash = (hash ^ value) * 0x100000001B3;
        var random = new Synthetic.SplitMix(hash);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = least + (int)(random.Next() % (ulong)(Prime - least));
        return Tensor.From<float>(numbers, 1, count);
    }
}

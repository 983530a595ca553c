using System.Text;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>
/// The weights that training begins with: of norms 1, of biases 0, of all else normally distributed with a deviation of 0.02, and
/// less where a matrix adds to the residual stream (Radford et al., 2019). Each number follows from the seed, the tensor's name
/// and its place alone, on every machine.
/// </summary>
internal static class NewWeights
{
    private const double Deviation = 0.02;

    /// <summary>Fills a tensor.</summary>
    /// <param name="name">GGUF's name.</param>
    /// <param name="data">F32.</param>
    /// <param name="layers">How many layers the model has.</param>
    /// <param name="seed">The seed.</param>
    public static unsafe void Fill(string name, TensorData data, int layers, ulong seed)
    {
        var values = (float*)data.Pointer;
        var isVector = data.Sizes.Length < 2;
        if (isVector)
        {
            new Span<float>(values, (int)data.Elements).Fill(name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
            return;
        }

        var isResidual = name.Contains(".attn_output.", StringComparison.Ordinal)
            || name.Contains(".ffn_down", StringComparison.Ordinal);
        var deviation = isResidual ? Deviation / Math.Sqrt(2.0 * layers) : Deviation;
        var hash = seed;
        foreach (var value in Encoding.UTF8.GetBytes(name)) hash = ((hash ^ value) * 0x100000001B3) ^ (hash >> 29);
        const int Run = 1 << 14;
        Parallel.For(0, (data.Elements + Run - 1) / Run, run =>
        {
            var random = new Synthetic.SplitMix(hash + ((ulong)run * 0xD6E8FEB86659FD93));
            for (var i = run * Run; i < Math.Min(data.Elements, (run + 1) * Run); i++)
            {
                values[i] = (float)(Normal(ref random) * deviation);
            }
        });
        GC.KeepAlive(data);
    }

    // The sum of twelve uniform numbers of 16 bits has the variance 1, and needs no function that differs between machines.
    private static double Normal(ref Synthetic.SplitMix random)
    {
        var sum = 0L;
        for (var draw = 0; draw < 3; draw++)
        {
            var bits = random.Next();
            sum += (long)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        }

        return (sum + 6 - (6L << 16)) / 65_536.0;
    }
}

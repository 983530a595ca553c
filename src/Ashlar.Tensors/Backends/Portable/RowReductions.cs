using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Sums and maxima of a row that arrives in pieces. Sixteen partial results, one for each position modulo 16, then halves onto
/// halves: the order depends on the length of the row alone, and on no machine's vectors.
/// </summary>
internal static unsafe class RowReductions
{
    private const int Lanes = RowPlan.Lanes;

    /// <summary>Begins: the partial results of no elements.</summary>
    public static void Clear(float* partial, bool isSum) =>
        new Span<float>(partial, Lanes).Fill(isSum ? 0 : float.NegativeInfinity);

    /// <summary>Takes in a piece, whose place in the row is a multiple of 16.</summary>
    public static void Accumulate(float* partial, RowOperand x, int count, bool isSum)
    {
        var whole = count / Lanes * Lanes;
        for (var lane = 0; lane < Lanes; lane += Vector<float>.Count)
        {
            var result = Vector.Load(partial + lane);
            var address = x.Address + lane;
            if (isSum)
            {
                for (var i = 0; i < whole; i += Lanes) result += Vector.Load(address + i * x.Step);
            }
            else
            {
                for (var i = 0; i < whole; i += Lanes) result = Vector.Max(result, Vector.Load(address + i * x.Step));
            }

            Vector.Store(result, partial + lane);
        }

        for (var i = whole; i < count; i++)
        {
            var (lane, element) = (i - whole, x.Address[i * x.Step]);
            partial[lane] = isSum ? partial[lane] + element : MathF.Max(partial[lane], element);
        }
    }

    /// <summary>Ends: every lane becomes the result.</summary>
    public static void Finish(float* partial, bool isSum)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
            {
                partial[lane] = isSum ? partial[lane] + partial[lane + half] : MathF.Max(partial[lane], partial[lane + half]);
            }
        }

        new Span<float>(partial + 1, Lanes - 1).Fill(*partial);
    }
}

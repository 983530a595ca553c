using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Rows times a panel of sixteen columns, in F32. Each result is one sum of fused multiply-adds in the order of k, whatever rows are
/// beside it.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 16;

    private const int RowsAtOnce = 8;

    /// <summary>Computes all rows.</summary>
    /// <param name="x">(rows, k) The rows.</param>
    /// <param name="stride">Elements from row to row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="panel">(k, 16) The panel.</param>
    /// <param name="k">Elements of a row.</param>
    /// <param name="results">(rows, 16) Receives the products.</param>
    /// <param name="resultStride">Elements from row to row of the results.</param>
    public static void Run(float* x, long stride, long rows, float* panel, long k, float* results, long resultStride)
    {
        long row = 0;
        for (; row <= rows - RowsAtOnce; row += RowsAtOnce)
        {
            for (var column = 0; column < Columns; column += Vector<float>.Count)
            {
                Eight(x + row * stride, stride, panel + column, k, results + row * resultStride + column, resultStride);
            }
        }

        for (; row <= rows - 2; row += 2)
        {
            for (var column = 0; column < Columns; column += Vector<float>.Count)
            {
                Two(x + row * stride, stride, panel + column, k, results + row * resultStride + column, resultStride);
            }
        }

        if (row < rows)
        {
            for (var column = 0; column < Columns; column += Vector<float>.Count)
            {
                One(x + row * stride, panel + column, k, results + row * resultStride + column);
            }
        }
    }

    private static void Eight(float* x, long stride, float* panel, long k, float* results, long resultStride)
    {
        var (x1, x2, x3) = ((nint)(x + stride), (nint)(x + 2 * stride), (nint)(x + 3 * stride));
        var (x4, x5, x6, x7) =
            ((nint)(x + 4 * stride), (nint)(x + 5 * stride), (nint)(x + 6 * stride), (nint)(x + 7 * stride));
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (e, f, g, h) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (long i = 0; i < k; i++)
        {
            var weights = Vector.Load(panel + i * Columns);
            a = Vector.FusedMultiplyAdd(weights, new Vector<float>(x[i]), a);
            b = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x1)[i]), b);
            c = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x2)[i]), c);
            d = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x3)[i]), d);
            e = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x4)[i]), e);
            f = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x5)[i]), f);
            g = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x6)[i]), g);
            h = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x7)[i]), h);
        }

        Vector.Store(a, results);
        Vector.Store(b, results + resultStride);
        Vector.Store(c, results + 2 * resultStride);
        Vector.Store(d, results + 3 * resultStride);
        Vector.Store(e, results + 4 * resultStride);
        Vector.Store(f, results + 5 * resultStride);
        Vector.Store(g, results + 6 * resultStride);
        Vector.Store(h, results + 7 * resultStride);
    }

    private static void Two(float* x, long stride, float* panel, long k, float* results, long resultStride)
    {
        var next = x + stride;
        var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
        for (long i = 0; i < k; i++)
        {
            var weights = Vector.Load(panel + i * Columns);
            a = Vector.FusedMultiplyAdd(weights, new Vector<float>(x[i]), a);
            b = Vector.FusedMultiplyAdd(weights, new Vector<float>(next[i]), b);
        }

        Vector.Store(a, results);
        Vector.Store(b, results + resultStride);
    }

    private static void One(float* x, float* panel, long k, float* results)
    {
        var a = Vector<float>.Zero;
        for (long i = 0; i < k; i++) a = Vector.FusedMultiplyAdd(Vector.Load(panel + i * Columns), new Vector<float>(x[i]), a);
        Vector.Store(a, results);
    }
}

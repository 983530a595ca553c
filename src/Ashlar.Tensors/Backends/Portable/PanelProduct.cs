using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Rows of F32 times a panel of sixteen columns. Each result is one sum of fused multiply-adds in the order of k, whatever rows
/// are beside it.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 16;

    private const int RowsAtOnce = 8;

    /// <summary>Adds a part of the products to the results; the first part begins them.</summary>
    /// <param name="rows">The rows; their outputs are the results.</param>
    /// <param name="start">The element of the rows at which the part begins.</param>
    /// <param name="panel">(k, 16) The part of the panel.</param>
    /// <param name="k">Elements of the part.</param>
    /// <param name="columns">How many columns are written, 1 to 16.</param>
    public static void Run(in MatMulRows rows, long start, float* panel, long k, int columns)
    {
        long row = 0;
        if (columns < Columns)
        {
            for (; row < rows.Count; row++) Narrow(rows, row, start, panel, k, columns);
        }

        for (; row <= rows.Count - RowsAtOnce; row += RowsAtOnce)
        {
            for (var column = 0; column < Columns; column += Vector<float>.Count) Eight(rows, row, start, panel, k, column);
        }

        for (; row < rows.Count; row++) One(Input(rows, row, start), rows.Output(row), start == 0, panel, k);
    }

    private static float* Input(in MatMulRows rows, long row, long start) => (float*)rows.Input(row) + start;

    private static void Narrow(in MatMulRows rows, long row, long start, float* panel, long k, int columns)
    {
        var results = stackalloc float[Columns];
        var output = new Span<float>(rows.Output(row), columns);
        if (start > 0) output.CopyTo(new Span<float>(results, columns));
        One(Input(rows, row, start), results, start == 0, panel, k);
        new ReadOnlySpan<float>(results, columns).CopyTo(output);
    }

    private static void Eight(in MatMulRows rows, long row, long start, float* panel, long k, int column)
    {
        var (x0, x1, x2, x3) = ((nint)Input(rows, row, start), (nint)Input(rows, row + 1, start),
            (nint)Input(rows, row + 2, start), (nint)Input(rows, row + 3, start));
        var (x4, x5, x6, x7) = ((nint)Input(rows, row + 4, start), (nint)Input(rows, row + 5, start),
            (nint)Input(rows, row + 6, start), (nint)Input(rows, row + 7, start));
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (e, f, g, h) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        if (start > 0)
        {
            (a, b) = (Vector.Load(rows.Output(row) + column), Vector.Load(rows.Output(row + 1) + column));
            (c, d) = (Vector.Load(rows.Output(row + 2) + column), Vector.Load(rows.Output(row + 3) + column));
            (e, f) = (Vector.Load(rows.Output(row + 4) + column), Vector.Load(rows.Output(row + 5) + column));
            (g, h) = (Vector.Load(rows.Output(row + 6) + column), Vector.Load(rows.Output(row + 7) + column));
        }

        panel += column;
        for (long i = 0; i < k; i++)
        {
            var weights = Vector.Load(panel + i * Columns);
            a = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x0)[i]), a);
            b = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x1)[i]), b);
            c = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x2)[i]), c);
            d = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x3)[i]), d);
            e = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x4)[i]), e);
            f = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x5)[i]), f);
            g = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x6)[i]), g);
            h = Vector.FusedMultiplyAdd(weights, new Vector<float>(((float*)x7)[i]), h);
        }

        Vector.Store(a, rows.Output(row) + column);
        Vector.Store(b, rows.Output(row + 1) + column);
        Vector.Store(c, rows.Output(row + 2) + column);
        Vector.Store(d, rows.Output(row + 3) + column);
        Vector.Store(e, rows.Output(row + 4) + column);
        Vector.Store(f, rows.Output(row + 5) + column);
        Vector.Store(g, rows.Output(row + 6) + column);
        Vector.Store(h, rows.Output(row + 7) + column);
    }

    // Sixteen columns are one, two or four vectors.
    private static void One(float* x, float* results, bool isFirst, float* panel, long k)
    {
        var column = 0;
        for (; column <= Columns - 2 * Vector<float>.Count; column += 2 * Vector<float>.Count)
        {
            var low = results + column;
            var high = low + Vector<float>.Count;
            var weights = panel + column;
            var a = isFirst ? Vector<float>.Zero : Vector.Load(low);
            var b = isFirst ? Vector<float>.Zero : Vector.Load(high);
            for (long i = 0; i < k; i++, weights += Columns)
            {
                var element = new Vector<float>(x[i]);
                a = Vector.FusedMultiplyAdd(Vector.Load(weights), element, a);
                b = Vector.FusedMultiplyAdd(Vector.Load(weights + Vector<float>.Count), element, b);
            }

            Vector.Store(a, low);
            Vector.Store(b, high);
        }

        for (; column < Columns; column += Vector<float>.Count)
        {
            var a = isFirst ? Vector<float>.Zero : Vector.Load(results + column);
            for (long i = 0; i < k; i++)
            {
                a = Vector.FusedMultiplyAdd(Vector.Load(panel + i * Columns + column), new Vector<float>(x[i]), a);
            }

            Vector.Store(a, results + column);
        }
    }
}

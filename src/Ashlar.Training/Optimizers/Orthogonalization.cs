using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// Brings the singular values of a matrix near 1 by five steps of Newton and Schulz's iteration, with the coefficients that
/// Jordan
/// and others (2024) chose for speed: the values end between about 0.7 and 1.2.
/// </summary>
internal sealed class Orthogonalization : IDisposable
{
    private const int Steps = 5;
    private const double A = 3.4445, B = -4.7750, C = 2.0315;

    private readonly Executable _executable;

    public Orthogonalization(long rows, long columns, int threads)
    {
        (Rows, Columns) = (rows, columns);
        Input = TensorData.Allocate(DType.F32, rows, columns);
        var given = Tensor.Input("matrix", DType.F32, [rows, columns]);
        var x = rows > columns ? given.Permute(1, 0) : given; // the products are of the shorter side
        var elements = rows * columns;
        var norm = ((x * x).Reshape([1, elements]).Sum(-1).Sqrt() + 1e-7).Reshape([1, 1]);
        x /= norm;
        for (var step = 0; step < Steps; step++)
        {
            var square = x.MatMul(x, transposeRight: true); // symmetric
            x = (x * A) + ((square * B) + (square.MatMul(square) * C)).MatMul(x);
        }

        _executable = new Executable(new Graph((rows > columns ? x.Permute(1, 0) : x).Node), threads);
        _executable.Bind("matrix", Input);
    }

    public long Rows { get; }

    public long Columns { get; }

    /// <summary>Where the matrix is put before a run, (rows, columns).</summary>
    public TensorData Input { get; }

    /// <summary>The result, valid until the next run.</summary>
    public TensorData Run()
    {
        _executable.Run();
        return _executable.Output(0);
    }

    public void Dispose() => _executable.Dispose();
}

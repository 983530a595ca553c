using Ashlar.Tensors.Backends.Reference;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Cosines and sines of a rotary embedding's angles, as <see cref="Backends.Kernels.RotaryRows"/> reads them: (positions, 2,
/// pairs) F32, the magnitude multiplied in. Addresses are set aside for all positions at once and never change; memory is used, and
/// angles are computed, from the first position on as positions are asked for. Not thread-safe.
/// </summary>
internal sealed unsafe class RotaryAngles : IDisposable
{
    /// <summary>Positions there are, unless another number is given.</summary>
    public const int UsualPositions = 1 << 20;

    private const int PositionsAtOnce = 256;
    private readonly float[] _frequencies;
    private readonly double _magnitude;
    private readonly int _positions;
    private readonly NativePages _pages;

    /// <summary>Sets the addresses aside.</summary>
    /// <param name="frequencies">Radians per position of each pair.</param>
    /// <param name="magnitude">The factor on cosines and sines.</param>
    /// <param name="positions">How many positions there can be.</param>
    public RotaryAngles(ReadOnlySpan<float> frequencies, double magnitude, int positions = UsualPositions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        (_frequencies, _magnitude, _positions) = (frequencies.ToArray(), magnitude, positions);
        _pages = new NativePages((long)positions * RowBytes);
    }

    /// <summary>The angles of position 0.</summary>
    public float* Pointer => (float*)_pages.Pointer;

    /// <summary>How many positions have their angles.</summary>
    public int Computed { get; private set; }

    private long RowBytes => 2L * _frequencies.Length * sizeof(float);

    /// <summary>Whether these are the angles of an embedding: layers that turn alike share them.</summary>
    public bool Are(ReadOnlySpan<float> frequencies, double magnitude) =>
        magnitude == _magnitude && frequencies.SequenceEqual(_frequencies);

    /// <summary>Sees to it that the positions of a batch have their angles.</summary>
    /// <exception cref="InvalidOperationException">A position is negative, or there are not so many.</exception>
    public void Prepare(ReadOnlySpan<int> positions)
    {
        var last = -1;
        foreach (var position in positions)
        {
            RowIndex.Check(position, _positions, "position");
            last = Math.Max(last, position);
        }

        if (last < Computed) return;
        var end = (int)Math.Min(_positions, (last + (long)PositionsAtOnce) / PositionsAtOnce * PositionsAtOnce);
        for (var position = Computed; position < end; position++) Compute(position);
        Computed = end;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _pages.Dispose();

    private void Compute(int position)
    {
        var cosines = Pointer + position * 2L * _frequencies.Length;
        for (var pair = 0; pair < _frequencies.Length; pair++)
        {
            var (sine, cosine) = Math.SinCos((double)position * _frequencies[pair]);
            cosines[pair] = (float)(cosine * _magnitude);
            cosines[_frequencies.Length + pair] = (float)(sine * _magnitude);
        }
    }
}

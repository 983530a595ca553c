namespace Ashlar.Tensors.Formats;

/// <summary>
/// The rows of numbers that an IQ format chooses from. The tables are stored packed (2 or 3 bits a cell) and unfolded to
/// a byte a cell when first used.
/// </summary>
internal sealed partial class Codebook
{
    private readonly sbyte[] _cells; // (rows, cells)
    private readonly int _rowCells;

    /// <summary>IQ1_S and IQ1_M: 2048 rows of 8.</summary>
    public static Codebook Iq1 { get; } = new(Iq1Rows, 8, [-1, 0, 1]);

    /// <summary>IQ2_XXS: 256 rows of 8 magnitudes.</summary>
    public static Codebook Iq2Xxs { get; } = new(Iq2XxsRows, 8, [8, 25, 43]);

    /// <summary>IQ2_XS: 512 rows of 8 magnitudes.</summary>
    public static Codebook Iq2Xs { get; } = new(Iq2XsRows, 8, [8, 25, 43]);

    /// <summary>IQ2_S: 1024 rows of 8 magnitudes.</summary>
    public static Codebook Iq2S { get; } = new(Iq2SRows, 8, [8, 25, 43]);

    /// <summary>IQ3_XXS: 256 rows of 4 magnitudes.</summary>
    public static Codebook Iq3Xxs { get; } = new(Iq3XxsRows, 4, [4, 12, 20, 28, 36, 44, 52, 62]);

    /// <summary>IQ3_S: 512 rows of 4 magnitudes.</summary>
    public static Codebook Iq3S { get; } = new(Iq3SRows, 4, [1, 3, 5, 7, 9, 11, 13, 15]);

    private Codebook(ReadOnlySpan<ushort> rows, int rowCells, ReadOnlySpan<sbyte> values)
    {
        var cellBits = rowCells == 8 ? 2 : 3;
        _rowCells = rowCells;
        _cells = new sbyte[rows.Length * rowCells];
        for (var i = 0; i < _cells.Length; i++)
        {
            var cell = rows[i / rowCells] >> (i % rowCells * cellBits) & ((1 << cellBits) - 1);
            _cells[i] = values[cell];
        }
    }

    /// <summary>How many rows there are: a power of two.</summary>
    public int Rows => _cells.Length / _rowCells;

    /// <summary>One row of the table.</summary>
    public ReadOnlySpan<sbyte> this[int row] => _cells.AsSpan(row * _rowCells, _rowCells);

    /// <summary>
    /// Copies a row into <paramref name="codes"/>, the i-th cell negated where bit i of <paramref name="signs"/> is set.
    /// </summary>
    public void CopyRow(int row, int signs, Span<sbyte> codes)
    {
        var cells = this[row];
        codes = codes[..cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            var negate = -(signs >> i & 1);
            codes[i] = (sbyte)((cells[i] ^ negate) - negate);
        }
    }

    /// <summary>
    /// The eight sign bits that seven stand for: IQ2_XXS, IQ2_XS and IQ3_XXS allow only an even count of negations, so
    /// the eighth sign is the parity of the others.
    /// </summary>
    public static int EvenSigns(uint sevenBits)
    {
        sevenBits &= 0x7F;
        return (int)(sevenBits | (uint)(System.Numerics.BitOperations.PopCount(sevenBits) & 1) << 7);
    }
}

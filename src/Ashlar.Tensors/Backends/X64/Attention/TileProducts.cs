namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// One step of a tile: adds, to the sum of every row and column, the row's number times the column's vector; or the row's pair of
/// BF16 times the pairs of the column's. The sums are the first registers, row by row. Of rows and columns the fewer are kept in
/// registers, while the others pass through one.
/// </summary>
internal static class TileProducts
{
    public static void Emit(
        CacheVectors vectors, int rows, int columns, Action<int, int> loadColumn, Action<int, int> loadRow, bool isDots = false)
    {
        var kept = rows * columns;
        var passing = kept + Math.Min(rows, columns);
        if (columns <= rows)
        {
            for (var column = 0; column < columns; column++) loadColumn(kept + column, column);
            for (var row = 0; row < rows; row++)
            {
                loadRow(passing, row);
                for (var column = 0; column < columns; column++)
                {
                    Add(row * columns + column, passing, kept + column);
                }
            }

            return;
        }

        for (var row = 0; row < rows; row++) loadRow(kept + row, row);
        for (var column = 0; column < columns; column++)
        {
            loadColumn(passing, column);
            for (var row = 0; row < rows; row++) Add(row * columns + column, kept + row, passing);
        }

        void Add(int sum, int row, int column)
        {
            if (isDots) vectors.AddDot(sum, row, column);
            else vectors.AddProduct(sum, row, column);
        }
    }
}

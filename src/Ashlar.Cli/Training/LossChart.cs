using System.Globalization;
using System.Text;

namespace Ashlar.Cli.Training;

/// <summary>
/// A curve of numbers in a terminal, drawn with Braille's dots: two columns and four rows of them in each character.
/// </summary>
internal static class LossChart
{
    private const char Empty = '\u2800';
    private static readonly int[,] Dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>Draws the numbers, the first on the left.</summary>
    /// <param name="values">Finite numbers, one or more.</param>
    /// <param name="width">Characters of a line.</param>
    /// <param name="height">Lines.</param>
    /// <returns>The lines, with the largest and least number beside the first and last.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<double> values, int width, int height)
    {
        var columns = Columns(values, 2 * width);
        var (least, most) = (columns.Min(), columns.Max());
        var cells = new int[height, width];
        for (var x = 0; x < columns.Count; x++)
        {
            var share = most > least ? (columns[x] - least) / (most - least) : 0;
            var y = (int)Math.Round((1 - share) * ((4 * height) - 1));
            cells[y / 4, x / 2] |= Dots[x % 2, y % 4];
        }

        return [.. Enumerable.Range(0, height).Select(row => Line(row))];

        string Line(int row)
        {
            var number = row == 0 ? most : row == height - 1 ? least : double.NaN;
            var text = new StringBuilder(double.IsNaN(number) ? "" : number.ToString("F3", CultureInfo.InvariantCulture));
            text.Insert(0, " ", Math.Max(0, 8 - text.Length)).Append(' ');
            for (var x = 0; x < width; x++) text.Append((char)(Empty + cells[row, x]));
            return text.ToString();
        }
    }

    // As many means of neighbours as there are columns of dots, or each number where they are fewer.
    private static List<double> Columns(IReadOnlyList<double> values, int count)
    {
        if (values.Count <= count) return [.. values];
        var columns = new List<double>(count);
        for (var x = 0; x < count; x++)
        {
            var (from, to) = ((int)((long)x * values.Count / count), (int)((x + 1L) * values.Count / count));
            var sum = 0.0;
            for (var i = from; i < to; i++) sum += values[i];
            columns.Add(sum / (to - from));
        }

        return columns;
    }
}

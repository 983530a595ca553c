using System.Globalization;
using System.Security;
using System.Text;

namespace Ashlar.Training.Plots;

/// <summary>Draws lines over two axes as an SVG image, readable on light and dark pages.</summary>
public static class LinePlot
{
    private const int Width = 760, Height = 420, Left = 64, Right = 16, Top = 40, Bottom = 48;
    private const int MostPoints = 1000; // of a line: more than the image has columns

    private static readonly string[] Colours = ["#3d6fb6", "#c65b2e", "#3f8f5b", "#8a5cb0", "#a88a1f", "#5b6470"];

    /// <summary>Draws lines.</summary>
    /// <param name="title">Above the plot.</param>
    /// <param name="xTitle">Below the horizontal axis.</param>
    /// <param name="yTitle">Beside the vertical axis.</param>
    /// <param name="series">The lines; points that are not finite are left out.</param>
    /// <param name="isLogarithmic">Whether the horizontal axis is logarithmic; then every x is above 0.</param>
    /// <returns>The text of an SVG file.</returns>
    public static string Draw(
        string title, string xTitle, string yTitle, IReadOnlyList<PlotSeries> series, bool isLogarithmic = false)
    {
        var drawn = series.Select(line => line with
        {
            Points = [.. Thin(line.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToList())],
        }).Where(line => line.Points.Count > 0).ToList();
        var all = drawn.SelectMany(line => line.Points).DefaultIfEmpty((0, 0)).ToList();
        var x = PlotAxis.Over(all.Min(point => point.X), all.Max(point => point.X), Left, Width - Right, isLogarithmic);
        var y = PlotAxis.Over(all.Min(point => point.Y), all.Max(point => point.Y), Height - Bottom, Top, false);
        var svg = new StringBuilder();
        const string Namespace = "http://www.w3.org/2000/svg";
        Add($"<svg xmlns=\"{Namespace}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        Add($"<text x=\"{Left}\" y=\"20\" font-size=\"14\" fill=\"#1c2026\">{Escape(title)}</text>");
        foreach (var tick in x.Ticks)
        {
            var at = x.At(tick);
            Add($"<line x1=\"{at:F1}\" y1=\"{Top}\" x2=\"{at:F1}\" y2=\"{Height - Bottom}\" stroke=\"#e3e6ea\"/>");
            Label(at, Height - Bottom + 16, "middle", x.Text(tick));
        }

        foreach (var tick in y.Ticks)
        {
            Add($"<line x1=\"{Left}\" y1=\"{y.At(tick):F1}\" x2=\"{Width - Right}\" y2=\"{y.At(tick):F1}\" stroke=\"#e3e6ea\"/>");
            Label(Left - 6, y.At(tick) + 4, "end", y.Text(tick));
        }

        Label((Left + Width - Right) / 2, Height - 10, "middle", xTitle);
        var middle = (Top + Height - Bottom) / 2;
        var turned = $"rotate(-90 16 {middle})";
        Add($"<g transform=\"{turned}\">");
        Label(16, middle, "middle", yTitle);
        Add($"</g>");
        foreach (var (index, line) in drawn.Index())
        {
            var colour = Colours[index % Colours.Length];
            var points = string.Join(' ', line.Points.Select(
                point => string.Create(CultureInfo.InvariantCulture, $"{x.At(point.X):F1},{y.At(point.Y):F1}")));
            if (line.HasLine) Add($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>");
            if (line.HasMarks)
            {
                foreach (var point in line.Points)
                {
                    Add($"<circle cx=\"{x.At(point.X):F1}\" cy=\"{y.At(point.Y):F1}\" r=\"3\" fill=\"{colour}\"/>");
                }
            }

            var height = Top + 16 + (16 * index);
            Label(Width - Right - 8, height, "end", line.Name, colour);
        }

        return svg.Append("</svg>\n").ToString();

        void Label(double left, double top, string anchor, string text, string colour = "#4a525c") => Add(
            $"<text x=\"{left:F1}\" y=\"{top:F1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{Escape(text)}</text>");

        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    // Means of neighbours, where there are more points than the image shows.
    private static IEnumerable<(double, double)> Thin(List<(double X, double Y)> points)
    {
        var group = (points.Count + MostPoints - 1) / MostPoints;
        return group <= 1 ? points : points.Chunk(group).Select(
            chunk => (chunk.Average(point => point.X), chunk.Average(point => point.Y)));
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}

using System.Globalization;
using System.Security;
using System.Text;

namespace Ashlar.Bench.Report;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Value">Its length, 0 or more, in the chart's unit.</param>
/// <param name="Text">The value as it is written behind the bar.</param>
internal sealed record Bar(string Label, double Value, string Text);

/// <summary>Horizontal bars as SVG, one under the other, with a line at a value that they are compared with.</summary>
/// <param name="title">What the bars show.</param>
/// <param name="line">The value of the line.</param>
/// <param name="lineText">What the line stands for.</param>
/// <param name="marksShort">Whether bars that do not reach the line have another colour.</param>
internal sealed class BarChart(string title, double line, string lineText, bool marksShort = false)
{
    private const int Width = 720, LabelWidth = 210, TextWidth = 90, RowHeight = 24, BarHeight = 16, Top = 58, Bottom = 12;

    /// <summary>Draws the bars. Letters and lines follow the reader's choice of light or dark.</summary>
    public string Draw(IReadOnlyList<Bar> bars)
    {
        var longest = Math.Max(line, bars.Max(bar => bar.Value));
        var height = Top + bars.Count * RowHeight + Bottom;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" width="{{Width}}"
            height="{{height}}" role="img">
            <title>{{Escaped(title)}}</title>
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f; }
            .title { font-weight: 600; font-size: 15px; }
            .bar { fill: #2f6f9f; }
            .short { fill: #b3541e; }
            .line { stroke: #57606a; stroke-dasharray: 4 3; }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .bar { fill: #58a6d6; }
            .short { fill: #e0874f; }
            .line { stroke: #9da7b1; }
            }
            </style>
            <text class="title" x="8" y="20">{{Escaped(title)}}</text>

            """);
        var at = X(line);
        svg.AppendLine(
            CultureInfo.InvariantCulture, $"""<text x="{at:F1}" y="44" text-anchor="middle">{Escaped(lineText)}</text>""");
        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], Top + i * RowHeight);
            var kind = marksShort && bar.Value < line ? "short" : "bar";
            var width = Math.Max(1, X(bar.Value) - LabelWidth);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""
                <text x="{LabelWidth - 10}" y="{y + 13}" text-anchor="end">{Escaped(bar.Label)}</text>
                <rect class="{kind}" x="{LabelWidth}" y="{y}" width="{width:F1}" height="{BarHeight}"/>
                <text x="{X(bar.Value) + 6:F1}" y="{y + 13}">{Escaped(bar.Text)}</text>
                """);
        }

        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<line class="line" x1="{at:F1}" x2="{at:F1}" y1="{Top - 8}" y2="{height - Bottom}"/>""");
        return svg.Append("</svg>\n").ToString();

        double X(double value) => LabelWidth + value / longest * (Width - LabelWidth - TextWidth);
    }

    private static string Escaped(string text) => SecurityElement.Escape(text);
}

using System.Xml.Linq;
using Ashlar.Training.Plots;

namespace Ashlar.Training.Tests.Plots;

public class LinePlotTests
{
    [Fact]
    public void Lines_stay_within_the_axes_and_names_are_escaped()
    {
        var random = new Random(1);
        var points = Enumerable.Range(1, 5000).Select(x => ((double)x, 3 + random.NextDouble())).ToList();
        points.Add((5001, double.NaN));
        var svg = XDocument.Parse(LinePlot.Draw("a < b & c", "x", "y", [new("one", points), new("two", [(10, 3.5)],
            HasMarks: true)]));
        var lines = svg.Descendants().Where(element => element.Name.LocalName == "polyline").ToArray();
        Assert.Equal(2, lines.Length);
        foreach (var point in lines[0].Attribute("points")!.Value.Split(' '))
        {
            var at = point.Split(',').Select(text => double.Parse(text,
                System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.InRange(at[0], 64, 744);
            Assert.InRange(at[1], 40, 372);
        }

        Assert.Contains(svg.Descendants(), element => element.Value == "a < b & c");
        Assert.Single(svg.Descendants(), element => element.Name.LocalName == "circle");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void One_point_or_none_is_a_plot_too(int count)
    {
        var svg = LinePlot.Draw("t", "x", "y", [new("one", [.. Enumerable.Repeat((2.0, 2.0), count)])]);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        XDocument.Parse(svg);
    }

    [Fact]
    public void Points_need_no_line()
    {
        var svg = XDocument.Parse(LinePlot.Draw("t", "x", "y", [new("runs", [(1, 1), (2, 2)], HasMarks: true, HasLine: false)]));
        Assert.Equal(2, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "polyline");
    }

    [Fact]
    public void Logarithmic_axes_mark_powers_of_ten()
    {
        var svg = XDocument.Parse(LinePlot.Draw("t", "x", "y", [new("one", [(2e3, 1), (5e5, 2)])], isLogarithmic: true));
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element =>
            element.Value).ToArray();
        Assert.Contains("1e3", texts);
        Assert.Contains("1e6", texts);
    }
}

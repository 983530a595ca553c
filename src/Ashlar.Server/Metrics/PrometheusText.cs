using System.Globalization;
using System.Text;

namespace Ashlar.Server.Metrics;

/// <summary>Writes metrics in Prometheus' text format, version 0.0.4.</summary>
/// <param name="models">The models by name: the label of every line.</param>
internal sealed class PrometheusText(IReadOnlyList<(string Model, ModelMetrics Metrics)> models)
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>A number that only grows.</summary>
    public void Counter(string name, string help, Func<ModelMetrics, long> value)
    {
        Header(name, "counter", help);
        foreach (var (model, metrics) in models) Line(name, model, "", value(metrics));
    }

    /// <summary>A number that only grows, by the number of the model; null where it has none.</summary>
    public void Counter(string name, string help, Func<int, long?> valueOfModel)
    {
        Header(name, "counter", help);
        Lines(name, i => valueOfModel(i));
    }

    /// <summary>Numbers that only grow, told apart by one more label.</summary>
    public void Counters(
        string name, string help, string label, IReadOnlyList<(string Value, Func<ModelMetrics, long> Count)> counts)
    {
        Header(name, "counter", help);
        foreach (var (model, metrics) in models)
        {
            foreach (var (value, count) in counts) Line(name, model, $",{label}=\"{value}\"", count(metrics));
        }
    }

    /// <summary>A number that goes up and down; null where a model has none.</summary>
    public void Gauge(string name, string help, Func<int, double?> valueOfModel)
    {
        Header(name, "gauge", help);
        Lines(name, valueOfModel);
    }

    /// <summary>Observations by size.</summary>
    public void Histogram(string name, string help, Func<ModelMetrics, Histogram> select)
    {
        Header(name, "histogram", help);
        foreach (var (model, metrics) in models)
        {
            var histogram = select(metrics);
            long count = 0;
            for (var i = 0; i < histogram.Bounds.Count; i++)
            {
                count += histogram.CountOf(i);
                Line($"{name}_bucket", model, $",le=\"{Text(histogram.Bounds[i])}\"", count);
            }

            count += histogram.CountOf(histogram.Bounds.Count);
            Line($"{name}_bucket", model, ",le=\"+Inf\"", count);
            Line($"{name}_sum", model, "", histogram.Sum);
            Line($"{name}_count", model, "", count);
        }
    }

    public override string ToString() => _text.ToString();

    private void Header(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private void Lines(string name, Func<int, double?> valueOfModel)
    {
        for (var i = 0; i < models.Count; i++)
        {
            if (valueOfModel(i) is { } value) Line(name, models[i].Model, "", value);
        }
    }

    private void Line(string name, string model, string moreLabels, double value) => _text.Append(
        CultureInfo.InvariantCulture, $"{name}{{model_name=\"{Escape(model)}\",engine=\"0\"{moreLabels}}} {Text(value)}\n");

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string label) => label
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}

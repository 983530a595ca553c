using System.Text;

namespace Ashlar.Bench.Report;

/// <summary>A table in Markdown. Columns whose name ends with a space behind it are aligned to the left.</summary>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly StringBuilder _text = new(
        $"| {string.Join(" | ", columns.Select(column => column.TrimEnd()))} |\n"
        + $"|{string.Join("|", columns.Select(column => column.EndsWith(' ') ? "---" : "--:"))}|\n");

    /// <summary>Adds a row with as many cells as there are columns.</summary>
    public void Add(params IEnumerable<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    public override string ToString() => _text.ToString();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Cli.Json;
using Ashlar.Cli.Streams;
using Ashlar.Models;
using Spectre.Console;

namespace Ashlar.Cli.Inspection;

/// <summary>Prints what a model is for people.</summary>
internal static class ReportText
{
    public static void Write(ModelReport report)
    {
        var facts = new Facts();
        facts.Add("model", report.Model);
        facts.Add("format", report.Format);
        var obstacle = report.CanRun ? "" : $", cannot be run: {report.Problem}";
        facts.Add("architecture", $"{report.Architecture ?? "unnamed"}{obstacle}");
        if (report.Configuration is { } configuration) facts.Add("shape", Shape(configuration));
        facts.Add("parameters", $"{Count(report.Parameters)}, {ByteSize.Format(report.Bytes)}");
        foreach (var type in report.Types)
        {
            facts.Add("", $"{type.Type}: {Count(type.Elements)} in {type.Tensors} tensors, {ByteSize.Format(type.Bytes)}");
        }

        facts.Add("tokenizer", report.Tokenizer is { } tokenizer ? Describe(tokenizer) : $"none: {report.TokenizerProblem}");
        facts.Add("chat template", report.HasChatTemplate ? "yes" : "none");
        facts.Write();

        if (report.Metadata is { Count: > 0 } metadata) WriteMetadata(metadata);
        if (report.Tensors is { } tensors) WriteTensors(tensors);
    }

    private static string Shape(ModelConfiguration shape) => string.Create(
        CultureInfo.InvariantCulture,
        $"{shape.Layers} layers, width {shape.Width}, {shape.Heads} heads of {shape.HeadSize} ({shape.KeyHeads} of keys), " +
        $"feed-forward {shape.FeedForward}, " +
        $"{(shape.Experts is { } experts ? $"{experts.Used} of {experts.Count} experts of {experts.FeedForward}, " : "")}" +
        $"context {shape.ContextLength}, vocabulary {shape.VocabularySize}");

    private static string Describe(TokenizerReport tokenizer) =>
        $"{tokenizer.Kind ?? "tokenizer.json"}, {tokenizer.Vocabulary} tokens, "
            + $"BOS {Id(tokenizer.BosId)}, EOS {Id(tokenizer.EosId)}";

    private static string Id(int? token) => token?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static void WriteMetadata(JsonObject metadata)
    {
        StandardOutput.Writer.WriteLine("\nmetadata");
        var facts = new Facts("  ");
        foreach (var (key, value) in metadata) facts.Add(key, OneLine(value));
        facts.Write();
    }

    private static string OneLine(JsonNode? value)
    {
        const int longest = 100;
        if (value is JsonObject array) return $"{array["type"]} {OneLine(array["first"]).TrimEnd(']')}, …]";
        var line = value is JsonArray ? JsonOutput.OneLine(value) : Escape($"{value}");
        return line.Length <= longest ? line : $"{line[..longest]}…";
    }

    // What a file says of itself must not steer the terminal.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text) escaped.Append(char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString());
        return escaped.ToString();
    }

    private static void WriteTensors(IReadOnlyList<TensorReport> tensors)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("tensor", "type", "shape")
            .AddColumn(new TableColumn("size").RightAligned());
        foreach (var tensor in tensors)
        {
            var shape = string.Join(" × ", tensor.Shape);
            table.AddRow(Markup.Escape(Escape(tensor.Name)), tensor.Type, shape, ByteSize.Format(tensor.Bytes));
        }

        StandardOutput.WriteTable(table);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Inspection;
using Ashlar.Cli.Json;
using Ashlar.Cli.Streams;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar inspect</c>: architecture, sizes, formats, metadata.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var tensors = new Option<bool>("--tensors") { Description = "List the tensors too" };
        var graph = new Option<string?>("--graph")
        {
            Description = "Print the model's graph instead, as text or for Graphviz",
            HelpName = "text|dot",
        };
        graph.AcceptOnlyFromAmong("text", "dot");
        var write = new Option<string?>("--write") { Description = "Also write the model to a GGUF file", HelpName = "FILE" };

        var command = new Command("inspect", "Show what a model is: architecture, sizes, formats, metadata.")
        {
            model, json, tensors, graph, write,
        };
        command.SetAction(arguments =>
        {
            var path = arguments.GetRequiredValue(model);
            if (arguments.GetValue(write) is { } output) Write(path, output);
            if (arguments.GetValue(graph) is { } form)
            {
                StandardOutput.Writer.Write(Graph(path, form));
                return ExitCode.Done;
            }

            var report = Inspector.Describe(path, arguments.GetValue(tensors));
            if (arguments.GetValue(json)) JsonOutput.Write(report);
            else ReportText.Write(report);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(string path, string output)
    {
        using var model = ModelArgument.Open(path);
        StandardError.Status($"writing {output} …");
        model.WriteGguf(output);
        StandardError.WriteLine($"wrote {output}, {ByteSize.Format(new FileInfo(output).Length)}");
    }

    private static string Graph(string path, string form)
    {
        using var model = ModelArgument.Open(path);
        var graph = model.BuildGraph(new Batch(blockSize: 16));
        return form == "dot" ? graph.ToGraphviz() : graph.ToText();
    }
}

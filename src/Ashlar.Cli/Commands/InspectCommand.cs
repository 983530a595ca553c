using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Inspection;
using Ashlar.Cli.Json;
using Ashlar.Cli.Streams;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Passes;

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
            Description = "Print the model's graph instead: as text, for Graphviz, or as text once simplified",
            HelpName = "text|dot|simplified",
        };
        graph.AcceptOnlyFromAmong("text", "dot", "simplified");
        var plan = new Option<bool>("--plan") { Description = "Print what the compiler makes of the graph instead" };
        var step = NumberOption.Count(
            ["--step"], "With --plan: tokens of the step that bytes and operations are counted for (1)");
        var write = new Option<string?>("--write") { Description = "Also write the model to a GGUF file", HelpName = "FILE" };

        var command = new Command("inspect", "Show what a model is: architecture, sizes, formats, metadata.")
        {
            model, json, tensors, graph, plan, step, write,
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

            if (arguments.GetValue(plan))
            {
                StandardOutput.Writer.Write(Plan(path, arguments.GetValue(step) ?? 1));
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
        return form switch
        {
            "dot" => graph.ToGraphviz(),
            "simplified" => graph.Simplify().ToText(),
            _ => graph.ToText(),
        };
    }

    private static string Plan(string path, int tokens)
    {
        using var model = ModelArgument.Open(path);
        var graph = model.BuildGraph(new Batch(blockSize: 16, DType.F16));
        return graph.ToPlanText(new Dictionary<string, long> { ["tokens"] = tokens });
    }
}

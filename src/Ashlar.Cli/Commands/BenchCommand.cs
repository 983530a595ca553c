using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Json;
using Ashlar.Cli.Measurement;
using Ashlar.Cli.Streams;
using Ashlar.Tensors.Runtime;
using Spectre.Console;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar bench</c>: prefill and decode speed.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var prompt = NumberOption.Create<int>(
            ["-p", "--prompt-tokens"], "0 or more", count => count >= 0, "Tokens of the prompt [default: 512]");
        var generate = NumberOption.Create<int>(
            ["-n", "--generate"], "0 or more", count => count >= 0, "Tokens to generate behind the prompt [default: 64]");
        var batches = new Option<int[]>("--batch", "-b")
        {
            Description = "Also measure so many sequences together; several counts with commas between them",
            HelpName = "N,...",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => ParseBatches(result.Tokens[0].Value, result.AddError),
        };
        var threads = EngineArguments.Threads();
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var drive = new Option<bool>("--drive")
        {
            Description = "Measure what lines of standard input ask for, and answer each by a line of JSON: "
                + "prefill TOKENS; decode TOKENS PROMPT; batch SEQUENCES TOKENS PROMPT",
        };

        var command = new Command(
            "bench", "Measure the speed of a model: of computing a random prompt, and of generating behind it.")
        {
            model, prompt, generate, batches, threads, json, drive,
        };
        command.SetAction(arguments =>
        {
            var (path, count) = (arguments.GetRequiredValue(model), arguments.GetValue(threads) ?? ComputeDevice.Threads);
            if (arguments.GetValue(drive))
            {
                Drive(path, count);
                return ExitCode.Done;
            }

            var result = Measure(
                path, arguments.GetValue(prompt) ?? 512, arguments.GetValue(generate) ?? 64, arguments.GetValue(batches) ?? [],
                count);
            if (arguments.GetValue(json)) JsonOutput.Write(result);
            else WriteTable(result);
            return ExitCode.Done;
        });
        return command;
    }

    private static BenchResult Measure(string path, int promptTokens, int generatedTokens, int[] batches, int threads)
    {
        if (promptTokens + generatedTokens == 0) throw new UsageException("-p and -n are both 0; there is nothing to measure");
        if (batches.Length > 0 && generatedTokens == 0) throw new UsageException("-b measures generating; give -n 1 or more");
        using var model = ModelArgument.OpenToRun(path);
        ContextLimit.Check($"-p {promptTokens} -n {generatedTokens}", (long)promptTokens + generatedTokens, model);

        var bench = new Bench(model, promptTokens, generatedTokens, threads);
        var (prefill, decode) = bench.MeasureOne();
        var together = batches.Length == 0 ? null : batches.Select(bench.MeasureBatch).ToArray();
        StandardError.ClearStatus();
        return new BenchResult(
            model.Name, threads, ComputeDevice.InstructionSet, promptTokens, prefill, generatedTokens, decode, PeakMemory.Bytes(),
            together);
    }

    private static void Drive(string path, int threads)
    {
        using var model = ModelArgument.OpenToRun(path);
        using var bench = new DrivenBench(model, threads);
        var lines = StandardInput.Lines();
        while (lines.ReadLine() is { } line)
        {
            var result = bench.Measure(line);
            StandardError.ClearStatus();
            var answer = new JsonObject { ["tokens"] = result.Tokens, ["seconds"] = result.Seconds };
            StandardOutput.WriteThrough(JsonOutput.OneLine(answer) + "\n");
        }
    }

    private static void WriteTable(BenchResult result)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("test")
            .AddColumn(new TableColumn("tokens/s").RightAligned());
        Row($"prefill of {result.PromptTokens}", result.PrefillTokensPerSecond);
        Row($"decode of {result.GeneratedTokens}", result.DecodeTokensPerSecond);
        foreach (var batch in result.Batches ?? [])
        {
            var sequences = batch.Batch == 1 ? "1 sequence" : $"{batch.Batch} sequences";
            Row($"decode of {result.GeneratedTokens}, {sequences}", batch.DecodeTokensPerSecond);
        }

        StandardOutput.Writer.WriteLine(
            $"{result.Model}: {result.Isa}, {result.Threads} threads, at most {ByteSize.Format(result.PeakMemoryBytes)}");
        StandardOutput.WriteTable(table);

        void Row(string test, double? speed)
        {
            if (speed is not { } tokens) return;
            table.AddRow(test, tokens.ToString(tokens < 100 ? "F2" : "F0", CultureInfo.InvariantCulture));
        }
    }

    private static int[]? ParseBatches(string text, Action<string> fail)
    {
        var parts = text.Split(',');
        var counts = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var isNumber = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out counts[i]);
            if (isNumber && counts[i] is >= 1 and <= 4096) continue;
            fail($"-b has '{parts[i]}'; it must be whole numbers from 1 to 4096 with commas between them, for instance 1,4,16");
            return null;
        }

        return counts;
    }
}

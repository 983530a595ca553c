using System.CommandLine;
using System.Globalization;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Json;
using Ashlar.Cli.Measurement;
using Ashlar.Cli.Streams;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar perplexity</c>: how well a model predicts a text.</summary>
internal static class PerplexityCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var file = new Option<string>("--file", "-f") { Description = "The text, in UTF-8", HelpName = "FILE", Required = true };
        var context = NumberOption.Create<int>(
            ["--ctx-size", "-c"], "4 or more", count => count >= 4,
            "Tokens of a window [default: 512, or the model's context where that is less]");
        var threads = EngineArguments.Threads();
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };

        var command = new Command(
            "perplexity",
            "Measure how well a model predicts a text, by the tokens in the second half of each window of --ctx-size tokens.")
        {
            model, file, context, threads, json,
        };
        command.SetAction(arguments =>
        {
            var path = arguments.GetRequiredValue(file);
            var bytes = InputFile.ReadBytes(path, InputFile.TextBytes);
            using var opened = ModelArgument.OpenToRun(arguments.GetRequiredValue(model));
            var tokens = ModelArgument.TokenizerOf(opened).Encode(bytes, addSpecial: true);
            var window = arguments.GetValue(context) ?? Math.Min(512, opened.Configuration.ContextLength);
            ContextLimit.Check($"--ctx-size {window}", window, opened);
            if (tokens.Length < window)
            {
                throw new InvalidDataException(
                    $"'{path}' has {tokens.Length} tokens, which fill no window of {window}; give a longer text, "
                    + "or a smaller --ctx-size");
            }

            var result = Perplexity.Measure(opened, tokens, window, arguments.GetValue(threads) ?? 0);
            if (arguments.GetValue(json)) JsonOutput.Write(result);
            else StandardOutput.Writer.WriteLine(Line(result));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Line(PerplexityResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"perplexity {result.Perplexity:F4} ± {result.StandardError:F4}, "
            + $"{result.Windows} windows of {result.ContextTokens} tokens");
}

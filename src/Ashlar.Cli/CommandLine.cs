using System.CommandLine;
using System.CommandLine.Parsing;
using Ashlar.Cli.Commands;
using Ashlar.Cli.Streams;

namespace Ashlar.Cli;

/// <summary>
/// The <c>ashlar</c> command: parses the arguments, runs the command that they name, and turns errors into exit codes.
/// </summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (root, verbose) = Create();

        // A prompt may begin with '@': that must not name a file of further arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var command = string.Join(' ', Names(parsed.CommandResult).Reverse());
        using var interrupts = Interrupts.Listen();
        try
        {
            if (parsed.Errors.Count > 0) throw new UsageException(Mistake(parsed));
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = StandardOutput.Writer,
            }).ConfigureAwait(false);
            StandardOutput.Flush();
            return code;
        }
        catch (Exception error)
        {
            return Failure.Report(error, command, parsed.GetResult(verbose) is { Implicit: false });
        }
    }

    /// <summary>All commands, and the option that adds the trace to an error.</summary>
    internal static (RootCommand Root, Option<bool> Verbose) Create()
    {
        var verbose = new Option<bool>("--verbose") { Description = "Add the trace to an error", Recursive = true };
        var root = new RootCommand("Runs and serves language models.")
        {
            RunCommand.Create(),
            ChatCommand.Create(),
            ServeCommand.Create(),
            BenchCommand.Create(),
            InspectCommand.Create(),
            TokenizeCommand.Create(),
            TokenizerCommand.Create(),
            TrainCommand.Create(),
            FinetuneCommand.Create(),
            LogitsCommand.Create(),
            TemplateCommand.Create(),
            PerplexityCommand.Create(),
            DoctorCommand.Create(),
            verbose,
        };
        return (root, verbose);
    }

    private static string Mistake(ParseResult parsed)
    {
        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            CommandResult { Command: RootCommand } => parsed.UnmatchedTokens is [var name, ..]
                ? $"'{name}' is no command"
                : "a command is missing; for instance 'ashlar run MODEL PROMPT'",
            ArgumentResult { Tokens.Count: 0 } missing when missing.Parent is CommandResult =>
                $"{missing.Argument.Name} is missing",
            _ => error.Message.Trim().TrimEnd('.'),
        };
    }

    private static IEnumerable<string> Names(CommandResult? result)
    {
        for (; result is not null; result = result.Parent as CommandResult) yield return result.Command.Name;
    }
}

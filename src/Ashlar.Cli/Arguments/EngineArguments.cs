using System.CommandLine;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Cli.Arguments;

/// <summary>The options that say how an engine is set up.</summary>
internal sealed class EngineArguments
{
    private readonly Option<int?> _context = NumberOption.Count(
        ["--ctx-size", "-c"], "Tokens that prompt and answer may have together [default: the model's, within 512 to 8192]");

    private readonly Option<int?> _threads = Threads();

    /// <summary>The option that says how many threads compute.</summary>
    public static Option<int?> Threads() => NumberOption.Create<int>(
        ["--threads", "-t"], "from 1 to 1024", count => count is >= 1 and <= 1024,
        "Threads that compute [default: one for each processor]");

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_context);
        command.Add(_threads);
    }

    /// <summary>Starts an engine that is set up as was asked for.</summary>
    /// <exception cref="UsageException">The model cannot compute so long a context.</exception>
    public InferenceEngine Start(LanguageModel model, ParseResult arguments) => new(model, Read(model, arguments));

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">The model cannot compute so long a context.</exception>
    public EngineOptions Read(LanguageModel model, ParseResult arguments)
    {
        var context = arguments.GetValue(_context);
        if (context is { } tokens) ContextLimit.Check($"--ctx-size {tokens}", tokens, model);
        return new() { ContextLength = context, Threads = arguments.GetValue(_threads) };
    }
}

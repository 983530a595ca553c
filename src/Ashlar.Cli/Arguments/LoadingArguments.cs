using System.CommandLine;
using Ashlar.Server;

namespace Ashlar.Cli.Arguments;

/// <summary>
/// The options of <c>serve</c> that say when models are loaded and unloaded; without them, all are loaded at the start.
/// </summary>
internal sealed class LoadingArguments
{
    private const int MostSeconds = 40 * 24 * 60 * 60;

    private readonly Option<long?> _memory = new("--max-loaded-memory")
    {
        Description = "Load models when requests name them, up to so much memory, as 8GiB; those not used make room [default: no limit]",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ByteSize.TryParse(text, out var bytes) && bytes > 0) return bytes;
            result.AddError($"--max-loaded-memory is '{text}'; it must be a size as 8GiB, 500MB, or a number of bytes");
            return null;
        },
    };

    private readonly Option<int?> _idle = NumberOption.Create<int>(
        ["--idle-unload"], $"from 0 to {MostSeconds}", seconds => seconds is >= 0 and <= MostSeconds,
        "Load models when requests name them, and unload those not used for so many seconds; 0 is never [default: 0]");

    public void AddTo(Command command)
    {
        command.Add(_memory);
        command.Add(_idle);
    }

    /// <summary>Whether models are loaded when requests name them.</summary>
    public bool AreOnDemand(ParseResult arguments) =>
        arguments.GetValue(_memory) is not null || arguments.GetValue(_idle) is not null;

    /// <summary>Server options with what was asked for.</summary>
    public ServerOptions Read(ParseResult arguments, ServerOptions unset) => unset with
    {
        MaxLoadedBytes = arguments.GetValue(_memory),
        IdleUnload = TimeSpan.FromSeconds(arguments.GetValue(_idle) ?? 0),
    };
}

using System.Text.Json;
using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Ashlar.Models.Templates;

namespace Ashlar.Cli;

/// <summary>Turns what went wrong into one line on standard error and an exit code.</summary>
internal static class Failure
{
    /// <summary>Reports an error.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="command">The command that was given, for instance <c>ashlar run</c>.</param>
    /// <param name="verbose">Whether the trace follows.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception error, string command, bool verbose)
    {
        if (StandardOutput.HasLostReader(error)) return ExitCode.Done;

        StandardError.ClearStatus();
        if (error is OperationCanceledException) return ExitCode.Interrupted;

        Console.Error.WriteLine($"{command}: {OneLine(error)}{(error is UsageException ? $" (see '{command} --help')" : "")}");
        if (verbose) Console.Error.WriteLine(error);
        return error is UsageException ? ExitCode.WrongUsage : ExitCode.Failed;
    }

    private static string OneLine(Exception error)
    {
        var message = error.Message.ReplaceLineEndings(" ").Trim();
        return IsExpected(error)
            ? message
            : $"this should not have happened: {error.GetType().Name}: {message}; report it with the trace that --verbose adds";
    }

    // Errors whose messages were written for whoever gave the input.
    private static bool IsExpected(Exception error) => error
        is UsageException or IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException
        or ArgumentException or JsonException or TemplateException or ArithmeticException or OutOfMemoryException
        or EngineFailedException;
}

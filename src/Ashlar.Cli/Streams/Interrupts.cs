using System.Runtime.InteropServices;

namespace Ashlar.Cli.Streams;

/// <summary>
/// Ctrl-C. A command that has something to end properly takes the first of them as a cancelled token; a second ends the
/// program at once, as the first does where nothing took it.
/// </summary>
internal static class Interrupts
{
    private static CancellationTokenSource? Taken;

    /// <summary>Listens from now on.</summary>
    public static IDisposable Listen() => PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        if (Volatile.Read(ref Taken) is { IsCancellationRequested: false } source) source.Cancel();
        else End();
    });

    /// <summary>Takes the next Ctrl-C; whoever took one before no longer does.</summary>
    public static CancellationToken Take()
    {
        var source = new CancellationTokenSource();
        Volatile.Write(ref Taken, source);
        return source.Token;
    }

    private static void End()
    {
        StandardError.ClearStatus();
        Environment.Exit(ExitCode.Interrupted);
    }
}

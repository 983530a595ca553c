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
    public static IDisposable Listen() => PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

    /// <summary>
    /// Listens for SIGTERM too, and takes it as Ctrl-C: a scheduler that wants its machine back sends it, and waits some seconds.
    /// </summary>
    public static IDisposable ListenForTermination() => PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

    /// <summary>Takes the next Ctrl-C; whoever took one before no longer does.</summary>
    public static CancellationToken Take()
    {
        var source = new CancellationTokenSource();
        Volatile.Write(ref Taken, source);
        return source.Token;
    }

    private static void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Volatile.Read(ref Taken) is { IsCancellationRequested: false } source)
        {
            source.Cancel();
            return;
        }

        StandardError.ClearStatus();
        Environment.Exit(ExitCode.Interrupted);
    }
}

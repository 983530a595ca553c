namespace Ashlar.Cli.Streams;

/// <summary>Standard error: what people read while the output goes elsewhere.</summary>
internal static class StandardError
{
    private const string Pale = "\e[2m";
    private const string Plain = "\e[0m";
    private const string EraseLine = "\r\e[2K";

    private static bool HasStatus;

    /// <summary>Whether a person watches.</summary>
    public static bool IsTerminal { get; } = !Console.IsErrorRedirected;

    /// <summary>Writes a line.</summary>
    public static void WriteLine(string line)
    {
        ClearStatus();
        Console.Error.WriteLine(line);
    }

    /// <summary>Writes text that goes on, paler than the rest where a person watches.</summary>
    public static void Aside(string text)
    {
        ClearStatus();
        Console.Error.Write(IsTerminal ? Pale + text + Plain : text);
    }

    /// <summary>Shows what goes on, on one line that the next status takes; on a terminal only.</summary>
    public static void Status(string text)
    {
        if (!IsTerminal) return;
        Console.Error.Write(EraseLine + text);
        HasStatus = true;
    }

    /// <summary>Takes the status away.</summary>
    public static void ClearStatus()
    {
        if (!HasStatus) return;
        Console.Error.Write(EraseLine);
        HasStatus = false;
    }
}

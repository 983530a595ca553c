using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Ashlar.Cli.Streams;

/// <summary>Standard output: UTF-8 without a mark, nothing translated, and a reader that has gone away is noticed.</summary>
internal static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE, of Linux and macOS alike

    private static readonly Lazy<StreamWriter> Text =
        new(() => new StreamWriter(Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" });

    /// <summary>Text that waits in memory until <see cref="Flush"/>.</summary>
    public static TextWriter Writer => Text.Value;

    /// <summary>Hands everything written so far to the reader.</summary>
    public static void Flush()
    {
        if (Text.IsValueCreated) Text.Value.Flush();
    }

    /// <summary>Writes text and hands it to the reader at once.</summary>
    public static void WriteThrough(string text)
    {
        Writer.Write(text);
        Flush();
    }

    /// <summary>Writes a table as wide as it needs, without colours or control characters.</summary>
    public static void WriteTable(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 240;
        console.Write(table);
        foreach (var line in text.ToString().Split('\n').Select(line => line.TrimEnd()))
        {
            if (line.Length > 0) Writer.WriteLine(line);
        }
    }

    /// <summary>
    /// Ends the line where a person's next prompt would stand behind the text; a file or a pipe gets the text alone.
    /// </summary>
    public static void EndLineOnTerminal()
    {
        if (!Console.IsOutputRedirected) WriteThrough("\n");
    }

    /// <summary>Whether the error says that the reader has gone away, as <c>head</c> does when it has seen enough.</summary>
    public static bool HasLostReader(Exception error) =>
        !OperatingSystem.IsWindows() && error is IOException { HResult: BrokenPipe };

    // The console's own stream takes a closed pipe for success, so that a generation would run on for nobody. A file stream
    // reports it, but writes to a regular file at a position of its own, not where the shell's redirection stands.
    private static Stream Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek) return stream;
        }
        else
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        return Console.OpenStandardOutput();
    }
}

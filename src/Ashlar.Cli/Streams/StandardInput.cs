using System.Text;

namespace Ashlar.Cli.Streams;

/// <summary>Standard input: UTF-8 whatever the locale says, nothing translated.</summary>
internal static class StandardInput
{
    /// <summary>The most bytes that are taken: a text of that size is no prompt but a mistake.</summary>
    private const int Limit = 1 << 28;

    /// <summary>Reads all of it as a prompt, which somebody must have put there.</summary>
    /// <exception cref="UsageException">It is a terminal.</exception>
    public static string ReadPrompt() => Console.IsInputRedirected
        ? Encoding.UTF8.GetString(ReadBytes())
        : throw new UsageException("PROMPT is missing; give a text, or put one into standard input");

    /// <summary>Reads all of it.</summary>
    /// <exception cref="IOException">It has more than 256 MiB.</exception>
    public static byte[] ReadBytes()
    {
        using var input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        var piece = new byte[1 << 16];
        for (int read; (read = input.Read(piece)) > 0;)
        {
            if (bytes.Length + read > Limit)
            {
                throw new IOException($"standard input has more than {Limit >> 20} MiB; give it in parts");
            }

            bytes.Write(piece, 0, read);
        }

        return bytes.ToArray();
    }

    /// <summary>Its lines, one at a time.</summary>
    public static TextReader Lines() => Console.IsInputRedirected
        ? new StreamReader(Console.OpenStandardInput(), Encoding.UTF8, detectEncodingFromByteOrderMarks: false)
        : Console.In;
}

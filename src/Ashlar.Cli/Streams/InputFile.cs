namespace Ashlar.Cli.Streams;

/// <summary>Files that a command reads whole: bounded, because a device or a sparse file has no end worth waiting for.</summary>
internal static class InputFile
{
    /// <summary>The most bytes that a template or its variables may have.</summary>
    public const int TemplateBytes = 16 << 20;

    /// <summary>The most bytes that a text may have that is read whole.</summary>
    public const int TextBytes = 1 << 30;

    /// <exception cref="InvalidDataException">The file has more bytes than the limit.</exception>
    public static byte[] ReadBytes(string path, int limit)
    {
        using var file = File.OpenRead(path);
        using var read = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            if (read.Length + count > limit)
            {
                throw new InvalidDataException($"'{path}' has more than {limit >> 20} MiB; give a smaller file");
            }

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    /// <summary>As <see cref="ReadBytes"/>, decoded; a byte order mark is not part of the text.</summary>
    public static string ReadText(string path, int limit)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, limit)));
        return reader.ReadToEnd();
    }
}

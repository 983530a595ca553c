using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Streams;
using Ashlar.Engine;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar logits</c>: the logits of every position, as little-endian float32.</summary>
internal static class LogitsCommand
{
    private const int Chunk = 64;

    public static Command Create()
    {
        var model = ModelArgument.Create();
        var tokens = new Option<int[]>("--tokens")
        {
            Description = "Token ids with spaces or commas between them; none is added",
            HelpName = "IDS",
            Required = true,
            CustomParser = result => ParseIds(result.Tokens[0].Value, result.AddError),
            Arity = ArgumentArity.ExactlyOne,
        };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The file to write: (tokens, vocabulary) float32",
            HelpName = "FILE",
            Required = true,
        };
        var threads = EngineArguments.Threads();

        var command = new Command("logits", "Write the logits of every position of a sequence of tokens to a file.")
        {
            model, tokens, output, threads,
        };
        command.SetAction(arguments =>
        {
            var interrupt = Interrupts.Take();
            return Run(
                arguments.GetRequiredValue(model), arguments.GetRequiredValue(tokens), arguments.GetRequiredValue(output),
                arguments.GetValue(threads) ?? 0, interrupt);
        });
        return command;
    }

    private static int Run(string path, int[] tokens, string output, int threads, CancellationToken interrupt)
    {
        using var model = ModelArgument.Open(path);
        var vocabulary = model.Configuration.VocabularySize;
        var wrong = Array.FindIndex(tokens, id => id >= vocabulary);
        if (wrong >= 0)
        {
            throw new UsageException(
                $"--tokens has {tokens[wrong]} at place {wrong}; the ids of '{path}' are from 0 to {vocabulary - 1}");
        }

        ContextLimit.Check("--tokens", tokens.Length, model);

        using var pass = new ForwardPass(model, tokens.Length, threads);
        using var file = Create(output);
        try
        {
            var logits = new float[Math.Min(Chunk, tokens.Length) * vocabulary];
            for (var done = 0; done < tokens.Length; done += Chunk)
            {
                interrupt.ThrowIfCancellationRequested();
                StandardError.Status($"{done} of {tokens.Length} tokens");
                var chunk = tokens.AsSpan(done, Math.Min(Chunk, tokens.Length - done));
                var values = logits.AsSpan(0, chunk.Length * vocabulary);
                pass.RunAll(chunk, done, values);
                Write(file, values);
            }
        }
        catch when (File.Exists(output) && file.CanSeek)
        {
            file.Dispose();
            File.Delete(output); // half the positions are no answer
            throw;
        }

        StandardError.ClearStatus();
        return ExitCode.Done;
    }

    // A file that is mapped, as the model is, must not be cut; devices, which have no length, are anybody's.
    private static FileStream Create(string output)
    {
        var isTaken = new FileInfo(output) is { Exists: true, Length: > 0 };
        try
        {
            return new FileStream(output, FileMode.Create, FileAccess.Write, isTaken ? FileShare.None : FileShare.Read);
        }
        catch (IOException error) when (isTaken)
        {
            throw new IOException($"--out '{output}' is in use, perhaps as the model itself; give another file", error);
        }
    }

    private static void Write(FileStream file, Span<float> values)
    {
        var bits = MemoryMarshal.Cast<float, int>(values);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(bits, bits);
        file.Write(MemoryMarshal.AsBytes(bits));
    }

    private static int[]? ParseIds(string text, Action<string> fail)
    {
        var parts = text.Split((char[])[' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        var ids = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i])) continue;
            fail($"--tokens has '{parts[i]}' at place {i}; it must be a token id, 0 or more");
            return null;
        }

        if (ids.Length > 0) return ids;
        fail("--tokens is empty; give one token id or more");
        return null;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Quality;

/// <summary>Something that computes logits, in a process of its own: what computes is chosen once for a process.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Command">The program and its words, before the model, the tokens and the file to write.</param>
/// <param name="InstructionSet">The instruction set to force; null for none.</param>
internal sealed record Implementation(string Name, IReadOnlyList<string> Command, string? InstructionSet)
{
    private static readonly string[] Self = [.. ThisProgram.Words, "logits"];

    /// <summary>This program with the processor's own instruction set.</summary>
    public static Implementation Ours { get; } = new("ashlar", Self, null);

    /// <summary>This program with the reference backend.</summary>
    public static Implementation Reference { get; } =
        new("reference", Self, Processor.NameOf(Tensors.Runtime.InstructionSet.Reference));

    /// <summary>llama.cpp, where its package is installed.</summary>
    public static Implementation? Peer() =>
        ThisProgram.PeerFolder("llama.cpp") is { } peer && Directory.Exists(Path.Combine(peer, "node_modules"))
            ? new("llama.cpp", ["node", Path.Combine(peer, "logits.mjs")], null)
            : null;

    /// <summary>Computes logits (windows, tokens, vocabulary).</summary>
    /// <exception cref="InvalidDataException">The process failed; its own words are on standard error.</exception>
    public float[] Logits(string model, string tokens)
    {
        var output = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Command[0], [.. Command.Skip(1), model, tokens, output]);
            if (InstructionSet is not null) start.Environment[Processor.Variable] = InstructionSet;
            using var process = Process.Start(start)!;
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidDataException($"{Name} could not compute '{model}'; it ended with {process.ExitCode}");
            }

            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>What such a process does: <c>logits MODEL TOKENS OUT</c>.</summary>
    public static void Compute(string path, string tokens, string output)
    {
        using var model = LanguageModel.Load(path);
        using var file = File.Create(output);
        var text = ReadTokens(tokens);
        var length = text.Max(window => window.Length);
        using var pass = new ForwardPass(model, length, threads: 0);
        var logits = new float[(long)length * pass.Vocabulary];
        foreach (var window in text)
        {
            pass.RunAll(window, 0, logits);
            file.Write(MemoryMarshal.AsBytes(logits.AsSpan(0, window.Length * pass.Vocabulary)));
        }
    }

    /// <summary>Writes windows of token ids, a line for each.</summary>
    public static void WriteTokens(string path, int[][] text) =>
        File.WriteAllLines(path, text.Select(window => string.Join(' ', window)));

    private static int[][] ReadTokens(string path) => [.. File.ReadLines(path).Select(Ids)];

    private static int[] Ids(string line) => Array.ConvertAll(line.Split(' '), id => int.Parse(id, CultureInfo.InvariantCulture));
}

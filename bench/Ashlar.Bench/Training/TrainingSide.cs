using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ashlar.Bench.Training;

/// <summary>A program that trains in a process of its own, a step whenever it is asked for one.</summary>
internal sealed class TrainingSide : IDisposable
{
    private readonly Process _process;

    /// <param name="name">What the side is called.</param>
    /// <param name="words">The words that start it.</param>
    /// <param name="environment">Variables that it is given where the caller has not set them.</param>
    public TrainingSide(string name, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment)
    {
        Name = name;
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (variable, value) in environment) start.Environment.TryAdd(variable, value);
        _process = Process.Start(start)!;
        _process.StandardInput.AutoFlush = true;
    }

    public string Name { get; }

    /// <summary>The most memory that it has held, in bytes; 0 before its first step.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Makes the next step.</summary>
    /// <returns>The loss of its batch before it, and how long it took.</returns>
    /// <exception cref="InvalidDataException">The process has ended; its own words are on standard error.</exception>
    public (double Loss, double Seconds) Step()
    {
        Tell(static input => input.WriteLine());
        var line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidDataException($"{Name} has ended before its step; its error stands above");
        var step = JsonNode.Parse(line)!;
        PeakBytes = (long)step["peak_memory_bytes"]!;
        return ((double)step["loss"]!, (double)step["seconds"]!);
    }

    /// <summary>Makes steps.</summary>
    /// <returns>The seconds that they took together.</returns>
    public double Steps(int count) => Enumerable.Range(0, count).Sum(_ => Step().Seconds);

    public void Dispose()
    {
        Tell(static input => input.Close()); // which ends it
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Tell(Action<StreamWriter> say)
    {
        try
        {
            say(_process.StandardInput);
        }
        catch (IOException)
        {
            // It has ended by itself, and so has what it prints.
        }
    }
}

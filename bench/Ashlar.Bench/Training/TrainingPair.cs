using System.Diagnostics;
using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Training;

/// <summary>Ashlar, and PyTorch where it is there, each about to train the same new weights on the same tokens.</summary>
internal sealed class TrainingPair : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-training-");
    private readonly List<TrainingSide> _sides = [];

    /// <summary>Writes what they train from, and starts them.</summary>
    public TrainingPair(PeerTask task, PyTorch? torch)
    {
        try
        {
            WriteFiles(task.Shape);
            string[] files = ["weights.safetensors", "tokens.i32"];
            string[] words = [.. files.Select(file => Path.Combine(_folder.FullName, file)), .. task.Options, "--turns"];
            _sides.Add(new(
                "Ashlar", [.. ThisProgram.Words, "train-steps", .. words, "yes", "--products", $"{task.Products}"],
                new Dictionary<string, string>()));
            if (torch is not null) _sides.Add(new("PyTorch", [.. torch.Words, .. words], PyTorch.Environment));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Ashlar first.</summary>
    public IReadOnlyList<TrainingSide> Sides => _sides;

    public void Dispose()
    {
        foreach (var side in _sides) side.Dispose();
        _folder.Delete(recursive: true);
    }

    // In another process, for Linux counts what this one has held as held by the processes that it starts.
    private void WriteFiles(string shape)
    {
        using var process = Process.Start(
            ThisProgram.Words[0], [.. ThisProgram.Words.Skip(1), "train-files", shape, _folder.FullName]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidDataException($"no weights of '{shape}' were written; see the error above");
    }
}

using System.Globalization;
using System.Text.Json;

namespace Ashlar.Training.Checkpoints;

/// <summary>
/// The checkpoints of a run, each a folder <c>step-N</c>. One is written under another name, with a manifest that has the hash of
/// each file, and gets its name when all of it is on the disk: a folder of that name is whole, whenever the program was killed.
/// It
/// is written by another thread from a copy; training waits only for the one before.
/// </summary>
/// <param name="folder">Where they lie.</param>
/// <param name="keep">How many are kept, 1 or more: the last ones.</param>
internal sealed class CheckpointStore(string folder, int keep) : IDisposable
{
    private const string Prefix = "step-", Unfinished = "unfinished-", Manifest = "manifest.json";

    private Snapshot? _snapshot;
    private Task _writing = Task.CompletedTask;

    /// <summary>The folder of the last checkpoint that was written whole, or gone on from; null for none.</summary>
    public string? LastGood { get; private set; }

    /// <summary>Takes a copy of a trainer's state and begins to write it.</summary>
    /// <exception cref="IOException">The checkpoint before could not be written; the message names the last good one.</exception>
    public void Save(Trainer trainer, IReadOnlyDictionary<string, string> settings)
    {
        Complete();
        _snapshot ??= new Snapshot(trainer);
        _snapshot.Take(trainer, settings);
        var step = trainer.Optimizer.Steps;
        _writing = Task.Run(() => Write(step));
    }

    /// <summary>Waits until what was begun is written.</summary>
    /// <exception cref="IOException">It could not be written, for instance because the disk is full.</exception>
    public void Complete()
    {
        var writing = _writing;
        _writing = Task.CompletedTask;
        writing.GetAwaiter().GetResult();
    }

    /// <summary>Goes on from the last checkpoint that is whole.</summary>
    /// <param name="trainer">Takes the state.</param>
    /// <param name="settings">What the run's settings are now.</param>
    /// <param name="skipped">Told of each later one that is damaged.</param>
    /// <returns>The step, or null where there is no checkpoint to go on from.</returns>
    /// <exception cref="InvalidDataException">It was made with other settings, or of another model; the message says
    /// which.</exception>
    public long? Restore(Trainer trainer, IReadOnlyDictionary<string, string> settings, Action<string> skipped)
    {
        foreach (var path in Whole().Reverse())
        {
            if (Damage(path) is { } damage)
            {
                skipped($"checkpoint '{path}' is damaged ({damage}) and left out; the one before is taken");
                continue;
            }

            var state = Read(Path.Combine(path, Snapshot.StateFile), CheckpointJson.Default.Checkpoint)!;
            foreach (var name in settings.Keys.Union(state.Settings.Keys))
            {
                var (now, then) = (settings.GetValueOrDefault(name), state.Settings.GetValueOrDefault(name));
                if (now != then)
                {
                    throw new InvalidDataException($"checkpoint '{path}' was made with {name} = {then ?? "nothing"}, where it is now "
                        + $"{now ?? "nothing"}; set it back, or begin a new run in another folder");
                }
            }

            Snapshot.Restore(path, trainer, state);
            LastGood = path;
            return state.Step;
        }

        return null;
    }

    /// <summary>Waits for what is being written; an error of that is not reported.</summary>
    public void Dispose()
    {
        try
        {
            Complete();
        }
        catch (IOException)
        {
            // Whoever wants to know calls Complete.
        }
    }

    /// <summary>Whether there is a checkpoint.</summary>
    public bool HasAny => Whole().Any();

    private void Write(long step)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}");
        var (target, unfinished) = (Path.Combine(folder, name), Path.Combine(folder, Unfinished + name));
        try
        {
            Remove(unfinished);
            Directory.CreateDirectory(unfinished);
            var files = _snapshot!.Write(unfinished);
            using (var stream = new FileStream(Path.Combine(unfinished, Manifest), FileMode.CreateNew, FileAccess.Write))
            {
                JsonSerializer.Serialize(stream, new CheckpointManifest(1, files), CheckpointJson.Default.CheckpointManifest);
                stream.Flush(flushToDisk: true);
            }

            DurableFolder.Flush(unfinished);
            Remove(target);
            Directory.Move(unfinished, target);
            DurableFolder.Flush(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryRemove(unfinished);
            throw new IOException($"the checkpoint of step {step} could not be written to '{folder}': {error.Message.TrimEnd('.')}; "
                + (LastGood is null ? "there is no earlier one" : $"the last good one is '{LastGood}'")
                + "; make room or give another folder, then go on with --resume", error);
        }

        LastGood = target;
        foreach (var old in Whole().SkipLast(keep)) TryRemove(old);
    }

    private IEnumerable<string> Whole() => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateDirectories(folder, $"{Prefix}*").Order(StringComparer.Ordinal);

    // What is wrong with a checkpoint; null for nothing.
    private static string? Damage(string path)
    {
        try
        {
            var manifest = Read(Path.Combine(path, Manifest), CheckpointJson.Default.CheckpointManifest);
            if (manifest is not { Version: 1 }) return "its manifest is of another version";
            if (!manifest.Files.ContainsKey(Snapshot.StateFile)) return $"its manifest has no {Snapshot.StateFile}";
            foreach (var (name, file) in manifest.Files)
            {
                if (CheckpointFile.Of(Path.Combine(path, name)) != file) return $"{name} is not what was written";
            }

            return null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize(stream, type);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private static void TryRemove(string path)
    {
        try
        {
            Remove(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is removed when the next one is written.
        }
    }
}

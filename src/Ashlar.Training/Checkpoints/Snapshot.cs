using System.Text.Json;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Checkpoints;

/// <summary>A copy of all that a checkpoint holds, so that it can be written while training goes on.</summary>
internal sealed unsafe class Snapshot
{
    public const string StateFile = "state.json";
    private const int Piece = 1 << 20;

    private readonly ParameterSet _parameters;
    private readonly OrderedDictionary<string, TensorData> _buffers = [];
    private Checkpoint? _state;

    /// <summary>Memory for a trainer's state.</summary>
    public Snapshot(Trainer trainer)
    {
        _parameters = trainer.Parameters;
        foreach (var (name, _) in BuffersOf(trainer)) _buffers.Add(name, _parameters.NewBuffer());
    }

    /// <summary>Copies the state as it is now.</summary>
    public void Take(Trainer trainer, IReadOnlyDictionary<string, string> settings)
    {
        _state = new Checkpoint(trainer.Optimizer.Steps, trainer.Position, settings);
        foreach (var (name, data) in BuffersOf(trainer))
        {
            Buffer.MemoryCopy(data.Pointer, _buffers[name].Pointer, data.Bytes, data.Bytes);
        }
    }

    /// <summary>Writes the files of a checkpoint into a folder and has the system bring them to the disk.</summary>
    /// <returns>The files by name.</returns>
    public Dictionary<string, CheckpointFile> Write(string folder)
    {
        foreach (var (name, buffer) in _buffers)
        {
            var writer = new SafetensorsWriter();
            foreach (var parameter in _parameters.All)
            {
                var data = ParameterSet.Of(buffer, parameter);
                writer.AddTensor(parameter.Name, DType.F32, data.Sizes, stream => Supply(data, stream));
            }

            writer.Write(Path.Combine(folder, FileOf(name)));
        }

        using (var stream = new FileStream(Path.Combine(folder, StateFile), FileMode.CreateNew, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, _state!, CheckpointJson.Default.Checkpoint);
            stream.Flush(flushToDisk: true);
        }

        return _buffers.Keys.Select(FileOf).Append(StateFile)
            .ToDictionary(name => name, name => CheckpointFile.Of(Path.Combine(folder, name)));
    }

    /// <summary>Puts the tensors of a checkpoint where a trainer has them.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or of other sizes.</exception>
    public static void Restore(string folder, Trainer trainer, Checkpoint state)
    {
        foreach (var (name, buffer) in BuffersOf(trainer))
        {
            var path = Path.Combine(folder, FileOf(name));
            using var file = SafetensorsFile.Open(path);
            foreach (var parameter in trainer.Parameters.All)
            {
                var data = ParameterSet.Of(buffer, parameter);
                if (!file.Tensors.TryGetValue(parameter.Name, out var stored) || stored.Type != DType.F32
                    || !stored.Shape.SequenceEqual(parameter.Sizes))
                {
                    throw new InvalidDataException(
                        $"'{path}' has no tensor '{parameter.Name}' of {data}; the checkpoint is one of another model");
                }

                Buffer.MemoryCopy(stored.Pointer, data.Pointer, data.Bytes, stored.ByteLength);
            }
        }

        trainer.Optimizer.Steps = state.Step;
        trainer.Position = state.Position;
    }

    private static string FileOf(string buffer) => $"{buffer}.safetensors";

    private static IEnumerable<KeyValuePair<string, TensorData>> BuffersOf(Trainer trainer)
    {
        yield return new("weights", trainer.Parameters.Values);
        foreach (var (name, data) in trainer.Optimizer.States) yield return new($"optimizer.{name}", data);
        if (trainer.Average is { } average) yield return new("average", average.Values);
    }

    private static void Supply(TensorData data, Stream stream)
    {
        for (var done = 0L; done < data.Bytes; done += Piece)
        {
            stream.Write(new ReadOnlySpan<byte>(data.Pointer + done, (int)Math.Min(Piece, data.Bytes - done)));
        }
    }
}

using Ashlar.Training.Data;

namespace Ashlar.Training.Recipes;

/// <summary>All that a run is made of, as a file says it. Paths are full.</summary>
public sealed record Recipe
{
    /// <summary>The run's and the model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Decides everything that is random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The numbers of a new model, or the file that training begins with.</summary>
    public required RecipeModel Model { get; init; }

    /// <summary>The sources of data.</summary>
    public required IReadOnlyList<DataDescription> Data { get; init; }

    /// <summary>How to train; its <see cref="TrainingOptions.Lora"/> says whether only an adapter is trained.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>How strongly chosen answers are preferred to rejected ones; null to train for the next token.</summary>
    public double? Preference { get; init; }

    /// <summary>Steps from one evaluation to the next; 0 for one at the end alone.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>Tokens of each source that are predicted in an evaluation, at most.</summary>
    public long EvaluateTokens { get; init; }

    /// <summary>Steps from one checkpoint to the next; 0 for one at the end alone.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>Checkpoints that are kept.</summary>
    public int CheckpointsKept { get; init; }

    /// <summary>Where the run's files go.</summary>
    public required string Folder { get; init; }

    /// <summary>The file that the trained model or adapter is written to.</summary>
    public required string Output { get; init; }

    /// <summary>What its matrices are stored as.</summary>
    public required Ashlar.Tensors.DType OutputType { get; init; }

    /// <summary>What decides the bits of the run, by key, as the recipe says it.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}

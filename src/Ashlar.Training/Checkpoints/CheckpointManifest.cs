namespace Ashlar.Training.Checkpoints;

/// <summary>What a checkpoint consists of.</summary>
/// <param name="Version">Of the form of checkpoints, 1.</param>
/// <param name="Files">Its files by name.</param>
internal sealed record CheckpointManifest(int Version, IReadOnlyDictionary<string, CheckpointFile> Files);

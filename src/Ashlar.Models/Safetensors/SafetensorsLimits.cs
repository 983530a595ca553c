namespace Ashlar.Models.Safetensors;

/// <summary>
/// What a file may hold at most. Published shards stay below 20 000 tensors; together the limits keep what opening a
/// hostile file allocates within 64 MiB beyond its own size.
/// </summary>
internal static class SafetensorsLimits
{
    /// <summary>The header, by the format's own rule.</summary>
    public const int HeaderBytes = 100_000_000;

    public const int Tensors = 1 << 17;
    public const int MetadataEntries = 1 << 14;
    public const int Dimensions = 16;

    /// <summary>All names, and keys and values of the metadata, of a file together.</summary>
    public const int TextBytes = 16 << 20;

    /// <summary>The index of a sharded model; the largest published ones have 140 000 tensors and 14 MB.</summary>
    public const int IndexBytes = 32 << 20;

    /// <summary>Tensors of all shards together.</summary>
    public const int IndexTensors = 1 << 18;
}

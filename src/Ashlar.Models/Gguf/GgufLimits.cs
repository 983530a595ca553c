namespace Ashlar.Models.Gguf;

/// <summary>
/// What a file may hold at most. Published files stay far below (some 60 keys, 2 000 tensors, 20 MB of metadata);
/// together the limits keep what opening a hostile file allocates within 64 MiB beyond its own size.
/// </summary>
internal static class GgufLimits
{
    public const int Keys = 1 << 16;
    public const int Tensors = 1 << 17;
    public const int Dimensions = 4;
    public const int ArrayDepth = 4;
    public const int KeyBytes = ushort.MaxValue;
    public const int TensorNameBytes = 1024;

    /// <summary>All keys and tensor names of a file together.</summary>
    public const int NameBytes = 8 << 20;

    /// <summary>The metadata section, of which one copy is kept in memory.</summary>
    public const int MetadataBytes = 1 << 27;
}

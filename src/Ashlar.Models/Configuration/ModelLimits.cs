namespace Ashlar.Models;

/// <summary>
/// What a model may say of itself at most. Published models stay far below; within the limits no product of two sizes passes 32
/// bits by accident, and nothing loops over layers that no file has.
/// </summary>
internal static class ModelLimits
{
    /// <summary>The published maximum is 126.</summary>
    public const int Layers = 1024;

    public const int Heads = 2048;
    public const int HeadSize = 4096;
    public const int Experts = 4096;

    /// <summary>Widths, and ids of a vocabulary.</summary>
    public const int Size = 1 << 24;
}

using System.Security.Cryptography;

namespace Ashlar.Training.Checkpoints;

/// <summary>A file of a checkpoint.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The hash of its content, 64 digits of base 16.</param>
internal sealed record CheckpointFile(long Bytes, string Sha256)
{
    /// <summary>Of a file that is there.</summary>
    public static CheckpointFile Of(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        return new CheckpointFile(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

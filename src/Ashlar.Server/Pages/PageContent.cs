using System.Security.Cryptography;

namespace Ashlar.Server.Pages;

/// <summary>What a browser is sent for a page.</summary>
/// <param name="MediaType">What it is.</param>
/// <param name="Bytes">It.</param>
/// <param name="Tag">What changes with it.</param>
internal sealed record PageContent(string MediaType, ReadOnlyMemory<byte> Bytes, string Tag)
{
    public static PageContent Of(string mediaType, byte[] bytes) =>
        new(mediaType, bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
}

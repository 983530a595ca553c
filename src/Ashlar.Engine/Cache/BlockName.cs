using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Ashlar.Engine.Cache;

/// <summary>
/// What a full block holds, in 128 bits that are the same in every process: the first half of SHA-256 over the name of the block
/// before it and its tokens. The first block follows a name for the model and whoever it is kept apart for. Nobody can make two
/// contents of one name, so that blocks may travel by it.
/// </summary>
/// <param name="Bits">The name.</param>
internal readonly record struct BlockName(UInt128 Bits)
{
    /// <summary>The name that the first block follows.</summary>
    /// <param name="parts">What tells apart blocks of equal tokens: the model, the cache's type, a salt, an adapter.</param>
    public static BlockName Root(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            // With its length, so that no two lists of parts read alike.
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Of(digest);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> digits, out BlockName name)
    {
        var isName = UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits);
        name = new(bits);
        return isName && digits.Length == 32;
    }

    /// <summary>The name of the block that follows this one.</summary>
    /// <param name="tokens">As many as a block holds.</param>
    public BlockName Next(ReadOnlySpan<int> tokens)
    {
        Span<byte> text = stackalloc byte[16 + PrefixTree.BlockSize * sizeof(int)];
        BinaryPrimitives.WriteUInt128LittleEndian(text, Bits);
        MemoryMarshal.AsBytes(tokens).CopyTo(text[16..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return Of(digest);
    }

    /// <summary>32 digits of base 16.</summary>
    public override string ToString() => Bits.ToString("x32", CultureInfo.InvariantCulture);

    private static BlockName Of(ReadOnlySpan<byte> digest) => new(BinaryPrimitives.ReadUInt128BigEndian(digest));
}

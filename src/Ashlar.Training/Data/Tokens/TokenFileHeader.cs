using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ashlar.Training.Data.Tokens;

/// <summary>
/// The first 64 bytes of a token file: <c>ASHTOKEN</c>; then as 32 bits each the version 1, the bytes of a token, the size of the
/// vocabulary, and 1 where there is a mask; then as 64 bits each the documents and the tokens; then 24 bytes of the SHA-256 of
/// what
/// stands before.
/// </summary>
internal sealed record TokenFileHeader(int TokenBytes, int VocabularySize, bool HasMask, long Documents, long Tokens)
{
    public const int Bytes = 64;
    private const int Checked = 40; // bytes that the checksum covers
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "ASHTOKEN"u8;

    public long MaskStart => Round(Bytes + (Tokens * TokenBytes));

    public long EndsStart => HasMask ? Round(MaskStart + Tokens) : MaskStart;

    public long FileBytes => EndsStart + (Documents * sizeof(long));

    /// <summary>A vocabulary's least size of tokens.</summary>
    public static int TokenBytesOf(int vocabularySize) => vocabularySize <= 1 << 16 ? 2 : 4;

    /// <summary>A multiple of 8 that is not below.</summary>
    public static long Round(long bytes) => (bytes + 7) & ~7L;

    public byte[] Write()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)TokenBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)VocabularySize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), HasMask ? 1u : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Documents);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Tokens);
        SHA256.HashData(bytes.AsSpan(0, Checked)).AsSpan(0, Bytes - Checked).CopyTo(bytes.AsSpan(Checked));
        return bytes;
    }

    /// <exception cref="InvalidDataException">It is no such header, or the file has not the length that follows.</exception>
    public static TokenFileHeader Read(string path, Stream stream)
    {
        var bytes = new byte[Bytes];
        if (stream.ReadAtLeast(bytes, Bytes, throwOnEndOfStream: false) < Bytes || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException($"'{path}' is no token file; it does not begin with 'ASHTOKEN'");
        }

        var sum = SHA256.HashData(bytes.AsSpan(0, Checked)).AsSpan(0, Bytes - Checked);
        if (!sum.SequenceEqual(bytes.AsSpan(Checked)))
        {
            throw new InvalidDataException($"'{path}': the header's checksum is wrong; the file is damaged, make it again");
        }

        if (Number(8) != Version || Number(12) is not (2 or 4) || Number(16) is 0 or > int.MaxValue || Number(20) > 1)
        {
            throw new InvalidDataException($"'{path}' is a token file of another version; make it again");
        }

        var header = new TokenFileHeader(
            (int)Number(12), (int)Number(16), Number(20) == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)));
        const long Most = 1L << 48;
        if (header.Documents is < 1 or > Most || header.Tokens is < 1 or > Most || header.FileBytes != stream.Length)
        {
            throw new InvalidDataException($"'{path}' has {stream.Length} bytes, where its header speaks of {header.Documents} "
                + $"documents with {header.Tokens} tokens; the file is not whole, make it again");
        }

        return header;

        uint Number(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
    }
}

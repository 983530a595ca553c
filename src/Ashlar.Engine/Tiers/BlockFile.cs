using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ashlar.Engine.Cache;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// A block of keys and values as it lies on disk and travels between machines: a head of 128 bytes, then the keys and values as
/// <see cref="CacheBlocks.Export"/> gives them. All numbers are little-endian.
/// <code>
///   0  "ASHLARKV"                     8 bytes
///   8  version, 1                     uint32
///  12  bytes of keys and values       uint32
///  16  the block's name               uint128
///  32  the name before it             uint128
///  48  its tokens                     16 x int32
/// 112  checksum of all else           the first 16 bytes of SHA-256
/// </code>
/// </summary>
internal static class BlockFile
{
    public const int HeadBytes = 128;

    private const int Version = 1;
    private const int SumOffset = 112, SumBytes = 16;

    private static ReadOnlySpan<byte> Magic => "ASHLARKV"u8;

    /// <summary>A block that is in memory, as a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tree">What blocks hold.</param>
    /// <param name="blocks">Their keys and values.</param>
    /// <returns>The file; null where no block has the name.</returns>
    public static byte[]? Of(BlockName name, PrefixTree tree, CacheBlocks blocks)
    {
        if (tree.Find(name) is not (>= 0 and var block)) return null;
        var file = new byte[HeadBytes + blocks.BytesOfBlock];
        blocks.Export(block, file.AsSpan(HeadBytes));
        Seal(file, tree.NameOf(tree.ParentOf(block)), tree.TokensOf(block));
        return file;
    }

    /// <summary>Writes the head of a block whose keys and values are in place behind it.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="parent">The name of the block before it, or of the root.</param>
    /// <param name="tokens">Its tokens.</param>
    public static void Seal(Span<byte> file, BlockName parent, ReadOnlySpan<int> tokens)
    {
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(file[12..], file.Length - HeadBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(file[16..], parent.Next(tokens).Bits);
        BinaryPrimitives.WriteUInt128LittleEndian(file[32..], parent.Bits);
        MemoryMarshal.AsBytes(tokens).CopyTo(file[48..SumOffset]);
        Sum(file, file.Slice(SumOffset, SumBytes));
    }

    /// <summary>Checks a file.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="name">The block that it must hold.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Problem(ReadOnlySpan<byte> file, BlockName name)
    {
        if (file.Length < HeadBytes || !file.StartsWith(Magic)) return "it is no block of keys and values";
        var version = BinaryPrimitives.ReadInt32LittleEndian(file[8..]);
        if (version != Version) return $"its version is {version}, and this program reads {Version}";
        if (BinaryPrimitives.ReadInt32LittleEndian(file[12..]) != file.Length - HeadBytes) return "its length is not what it says";
        Span<byte> sum = stackalloc byte[SumBytes];
        Sum(file, sum);
        if (!file.Slice(SumOffset, SumBytes).SequenceEqual(sum)) return "its checksum is wrong";
        var parent = new BlockName(BinaryPrimitives.ReadUInt128LittleEndian(file[32..]));
        var tokens = MemoryMarshal.Cast<byte, int>(file[48..SumOffset]);
        return parent.Next(tokens) != name ? "it holds another block" : null;
    }

    private static void Sum(ReadOnlySpan<byte> file, Span<byte> sum)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file[..SumOffset]);
        hash.AppendData(file[HeadBytes..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        digest[..SumBytes].CopyTo(sum);
    }
}

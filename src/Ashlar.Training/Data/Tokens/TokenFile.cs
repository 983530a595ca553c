using System.IO.MemoryMappedFiles;
using Ashlar.Training.Data.Documents;

namespace Ashlar.Training.Data.Tokens;

/// <summary>
/// Documents as tokens in a file that is mapped, not read. The parts, little-endian: <see cref="TokenFileHeader"/>; the tokens of
/// all documents, 2 or 4 bytes each; where the header says so, a byte for each token, 1 where it is learnt; the end of each
/// document as a count of tokens, 8 bytes. Each part begins at a multiple of 8 bytes.
/// </summary>
internal sealed unsafe class TokenFile : IDisposable
{
    private readonly string _path;
    private readonly TokenFileHeader _header;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private TokenFile(string path, TokenFileHeader header, MemoryMappedFile mapping)
    {
        (_path, _header, _mapping) = (path, header, mapping);
        _view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle();
    }

    /// <summary>How many documents there are.</summary>
    public long Documents => _header.Documents;

    /// <summary>How many tokens all of them have.</summary>
    public long Tokens => _header.Tokens;

    /// <summary>Every id is below this.</summary>
    public int VocabularySize => _header.VocabularySize;

    /// <exception cref="InvalidDataException">The file is no token file, or not whole.</exception>
    public static TokenFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var header = TokenFileHeader.Read(path, stream);
        var mapping = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        return new TokenFile(path, header, mapping);
    }

    /// <summary>How many tokens a document has.</summary>
    public int Length(long document) => (int)(Bounds(document) is var (start, end) ? end - start : 0);

    /// <summary>A copy of some tokens of a document.</summary>
    /// <param name="document">0 to <see cref="Documents"/>, exclusive.</param>
    /// <param name="from">The first token.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="InvalidDataException">The document's place or a token is not possible; the message names it.</exception>
    public Document Read(long document, int from, int count)
    {
        var (start, end) = Bounds(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + (long)count, end - start, nameof(count));
        var tokens = new int[count];
        var place = _start + TokenFileHeader.Bytes + ((start + from) * _header.TokenBytes);
        for (var i = 0; i < count; i++)
        {
            var token = _header.TokenBytes == 2 ? ((ushort*)place)[i] : ((uint*)place)[i];
            if (token >= (uint)_header.VocabularySize)
            {
                throw new InvalidDataException(
                    $"'{_path}': token {from + i} of document {document} is {token}, where the header says that all are below "
                    + $"{_header.VocabularySize}; delete the file, so that it is made again");
            }

            tokens[i] = (int)token;
        }

        GC.KeepAlive(this);
        return new Document(tokens, Learnt(start + from, count));
    }

    /// <summary>A hash of a document's tokens.</summary>
    public ulong HashOf(long document)
    {
        var (start, end) = Bounds(document);
        var bytes = new ReadOnlySpan<byte>(
            _start + TokenFileHeader.Bytes + (start * _header.TokenBytes), (int)((end - start) * _header.TokenBytes));
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = Hash.Of(hash ^ BitConverter.ToUInt64(bytes));
        foreach (var value in bytes) hash = Hash.Of(hash ^ value);
        GC.KeepAlive(this);
        return hash;
    }

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }

    private bool[]? Learnt(long first, int count)
    {
        if (!_header.HasMask) return null;
        var learnt = new bool[count];
        for (var i = 0; i < count; i++) learnt[i] = _start[_header.MaskStart + first + i] != 0;
        GC.KeepAlive(this);
        return learnt;
    }

    private (long Start, long End) Bounds(long document)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)document, (ulong)Documents, nameof(document));
        var ends = (long*)(_start + _header.EndsStart);
        var (start, end) = (document == 0 ? 0 : ends[document - 1], ends[document]);
        if (start < 0 || end < start || end > Tokens || end - start > int.MaxValue / 4)
        {
            throw new InvalidDataException($"'{_path}': document {document} runs from token {start} to {end} of {Tokens}; "
                + "delete the file, so that it is made again");
        }

        GC.KeepAlive(this);
        return (start, end);
    }
}

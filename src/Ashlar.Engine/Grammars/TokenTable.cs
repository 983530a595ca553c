using Ashlar.Engine.Grammars.Matching;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// The tokens of a vocabulary as grammars see them: their bytes, in a tree of prefixes. Made once for a model (tens of
/// milliseconds for 128,000 tokens), then immutable and shared.
/// </summary>
public sealed class TokenTable
{
    // How many of the shortest lengths have masks of their own; the few longer tokens are set one by one.
    private const int MaskedLengths = 16;

    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private readonly Dictionary<byte, List<(int Token, byte[] Text)>> _specials = [];
    private readonly int[] _plainByLength;
    private readonly int[] _plainEnds;
    private readonly uint[][] _plainMasks;

    /// <summary>The table of a model's tokens.</summary>
    /// <param name="tokenizer">Its tokenizer. Special tokens have no bytes: they are allowed only where a literal names them,
    /// and those that end generation also where the grammar may end.</param>
    public TokenTable(Tokenizer tokenizer)
        : this(
            tokenizer.VocabularySize,
            id => tokenizer.IsSpecial(id) || tokenizer.IsEndOfGeneration(id) ? default : tokenizer.TokenBytes(id),
            Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsEndOfGeneration),
            Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.IsSpecial(id) || tokenizer.IsEndOfGeneration(id))
                .Select(id => (id, tokenizer.TokenBytes(id).ToArray())))
    {
    }

    internal TokenTable(
        int count, BytesOf bytesOf, IEnumerable<int> endOfGeneration, IEnumerable<(int Token, byte[] Text)> specials)
    {
        Count = count;
        EndOfGeneration = [.. endOfGeneration.Order()];
        foreach (var special in specials.Where(special => special.Text.Length > 0))
        {
            if (!_specials.TryGetValue(special.Text[0], out var list)) _specials.Add(special.Text[0], list = []);
            list.Add(special);
        }

        _ends = new int[count];
        var length = 0;
        for (var id = 0; id < count; id++) _ends[id] = length += LengthOf(bytesOf(id));
        _bytes = new byte[length];
        for (var id = 0; id < count; id++) 
        {
            var start = id == 0 ? 0 : _ends[id - 1];
            bytesOf(id)[..(_ends[id] - start)].CopyTo(_bytes.AsSpan(start));
        }


        var plainLengths = new int[count];
        for (var id = 0; id < count; id++) plainLengths[id] = PlainCharacters.CountIn(this[id]);
        Tree = TokenTree.Of(this, _ => true);
        OtherTree = TokenTree.Of(this, id => plainLengths[id] < 0);
        LongestPlain = plainLengths.DefaultIfEmpty().Max();
        _plainByLength = [.. Enumerable.Range(0, count).Where(id => plainLengths[id] > 0).OrderBy(id => plainLengths[id])];
        _plainEnds = new int[Math.Max(0, LongestPlain) + 1];
        foreach (var id in _plainByLength) _plainEnds[plainLengths[id]]++;
        for (var i = 1; i < _plainEnds.Length; i++) _plainEnds[i] += _plainEnds[i - 1];
        _plainMasks = new uint[Math.Min(MaskedLengths, _plainEnds.Length)][];
        for (var i = 0; i < _plainMasks.Length; i++)
        {
            _plainMasks[i] = new uint[MaskLength];
            Set(_plainMasks[i], 0, _plainEnds[i]);
        }

        AllPlain = new uint[MaskLength];
        Set(AllPlain, 0, _plainByLength.Length);
    }

    internal delegate ReadOnlySpan<byte> BytesOf(int token);

    /// <summary>How many ids there are.</summary>
    public int Count { get; }

    /// <summary>How many numbers of 32 bits a mask of the vocabulary has.</summary>
    public int MaskLength => (Count + 31) / 32;

    /// <summary>The tokens that end generation, ascending.</summary>
    internal int[] EndOfGeneration { get; }

    /// <summary>All tokens that have bytes.</summary>
    internal TokenTree Tree { get; }

    /// <summary>Those that do not consist of plain characters.</summary>
    internal TokenTree OtherTree { get; }

    /// <summary>Characters of the longest token of plain characters.</summary>
    internal int LongestPlain { get; }

    /// <summary>Every token of plain characters.</summary>
    internal uint[] AllPlain { get; }

    /// <summary>The bytes of a token; none where it is special or unused.</summary>
    internal ReadOnlySpan<byte> this[int id]
    {
        get
        {
            var start = id == 0 ? 0 : _ends[id - 1];
            return _bytes.AsSpan(start, _ends[id] - start);
        }
    }

    /// <summary>Sets the tokens of at most so many plain characters in an empty mask.</summary>
    internal void CopyPlain(Span<uint> mask, int characters)
    {
        if (characters >= LongestPlain)
        {
            AllPlain.CopyTo(mask);
            return;
        }

        var masked = Math.Min(characters, _plainMasks.Length - 1);
        _plainMasks[masked].CopyTo(mask);
        Set(mask, _plainEnds[masked], _plainEnds[characters]);
    }

    /// <summary>The special tokens whose text a text begins with, and the length of theirs.</summary>
    internal IEnumerable<(int Token, int Length)> SpecialsAt(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !_specials.TryGetValue(text[0], out var specials)) return [];
        List<(int, int)> found = [];
        foreach (var (token, name) in specials)
        {
            if (text.StartsWith(name)) found.Add((token, name.Length));
        }

        return found;
    }

    // A token too long for the tree counts as one without bytes.
    private static int LengthOf(ReadOnlySpan<byte> bytes) => bytes.Length > TokenTree.MaxDepth ? 0 : bytes.Length;

    private void Set(Span<uint> mask, int from, int to)
    {
        foreach (var id in _plainByLength.AsSpan(from, to - from)) mask[id >> 5] |= 1u << (id & 31);
    }
}

using System.Runtime.InteropServices;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// SentencePiece's unigram model (Kudo 2018): of all ways to cut a piece into tokens, the one with the largest sum of log
/// probabilities, found by dynamic programming over the positions of the text.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const int Unknown = -1;
    private const double UnknownPenalty = 10; // below the least likely token, as in SentencePiece
    private readonly Vocabulary _vocabulary;
    private readonly PrefixTree _tokens = new();
    private readonly UnknownText _unknown;
    private readonly double _unknownScore;

    public UnigramModel(Vocabulary vocabulary, UnknownText unknown)
    {
        (_vocabulary, _unknown) = (vocabulary, unknown);
        var least = double.MaxValue;
        var cuts = true;
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var kind = vocabulary.KindOf(id);
            if (kind == TokenKind.Normal) least = Math.Min(least, vocabulary.ScoreOf(id));
            if (kind is not (TokenKind.Normal or TokenKind.UserDefined or TokenKind.Unused) || vocabulary[id].IsEmpty) continue;
            if (!_tokens.Add(vocabulary[id], id))
            {
                throw new InvalidDataException("the tokens of the unigram vocabulary are too long; use another file");
            }

            cuts &= !SpaceMark.IsInside(vocabulary[id]);
        }

        _unknownScore = (least == double.MaxValue ? 0 : least) - UnknownPenalty;
        CutsBeforeSpaceMark = cuts;
    }

    public override bool CutsBeforeSpaceMark { get; }

    public override void Encode(ReadOnlySpan<byte> piece, EncodeScratch scratch, List<int> ids)
    {
        // Scores are needed only as far back as a token reaches: a ring of them is enough for a text of any length.
        var path = scratch.Path; // by end: the token that ends there on the best path, or Unknown
        CollectionsMarshal.SetCount(path, piece.Length + 1);
        var ends = CollectionsMarshal.AsSpan(path);
        var ring = new double[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(_tokens.Longest, 4) + 1)];
        Array.Fill(ring, double.NegativeInfinity);
        var mask = ring.Length - 1;
        ring[0] = 0;

        for (var at = 0; at < piece.Length;)
        {
            var score = ring[at & mask];
            CodePoints.Decode(piece, at, out var characterLength);
            var spelled = false;
            var node = 0;
            for (var end = at; end < piece.Length && (node = _tokens.Child(node, piece[end])) >= 0;)
            {
                end++;
                if (_tokens.ValueOf(node) is not (>= 0 and var id)) continue;
                spelled |= end - at == characterLength;
                Offer(
                    ring, ends, end, id, score + (_vocabulary.KindOf(id) == TokenKind.UserDefined ? 0 : _vocabulary.ScoreOf(id)));
            }

            if (!spelled) Offer(ring, ends, at + characterLength, Unknown, score + _unknownScore);
            for (var i = 0; i < characterLength; i++) ring[(at + i) & mask] = double.NegativeInfinity;
            at += characterLength;
        }

        Follow(piece, ends, ids);
    }

    private static void Offer(double[] ring, Span<int> ends, int end, int id, double score)
    {
        ref var best = ref ring[end & (ring.Length - 1)];
        if (score > best) (best, ends[end]) = (score, id);
    }

    // Walks the best path backwards, turning it round in place, and then forwards to emit it.
    private void Follow(ReadOnlySpan<byte> piece, Span<int> ends, List<int> ids)
    {
        var first = ends.Length;
        for (var end = piece.Length; end > 0;)
        {
            var id = ends[end];
            end -= LengthAt(piece, end, id);
            ends[--first] = id;
        }

        var (at, afterUnknown) = (0, false);
        var unknownFrom = 0;
        foreach (var id in ends[first..])
        {
            var length = id >= 0 ? _vocabulary[id].Length : CharacterLength(piece, at);
            if (id == Unknown && !afterUnknown) unknownFrom = at;
            if (id != Unknown)
            {
                if (afterUnknown) _unknown.Append(piece[unknownFrom..at], ids, afterUnknown: false);
                ids.Add(id);
            }

            afterUnknown = id == Unknown;
            at += length;
        }

        if (afterUnknown) _unknown.Append(piece[unknownFrom..at], ids, afterUnknown: false);
    }

    private int LengthAt(ReadOnlySpan<byte> piece, int end, int id)
    {
        if (id >= 0) return _vocabulary[id].Length;
        CodePoints.DecodeLast(piece, end, out var length);
        return length;
    }

    private static int CharacterLength(ReadOnlySpan<byte> piece, int at)
    {
        CodePoints.Decode(piece, at, out var length);
        return length;
    }
}

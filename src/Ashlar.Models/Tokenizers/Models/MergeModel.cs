namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Byte-pair encoding of a piece of any length in linear time.
/// <para>
/// 1. A short piece is merged as a whole.
/// 2. A long one is merged in overlapping windows. Greedy merging has this property: a sequence of tokens is the encoding of
///    its text if and only if each two neighbours are the encoding of theirs. (Up to the first merge across a boundary, both
///    sides have been merged exactly as they would be alone; so that merge would happen in the two alone as well.) Each two
///    neighbours inside a window's encoding therefore stay right wherever they stand.
/// 3. So where two overlapping windows have one token in common, at the same place, the first may be followed up to it and
///    the second from it on: every pair in the result comes from one of the two encodings.
/// 4. Where they have none, the window is doubled; at the latest it holds the whole piece.
/// </para>
/// </summary>
/// <param name="rules">Which merges there are.</param>
/// <param name="byteSymbols">Whether merging begins from bytes, not from characters.</param>
/// <param name="wholePieces">The vocabulary in which a whole piece is looked up before any merging; null where merges alone
/// count.</param>
/// <param name="unknown">What becomes of symbols that are no token.</param>
/// <param name="cutsBeforeSpaceMark">See <see cref="TokenModel.CutsBeforeSpaceMark"/>.</param>
internal sealed class MergeModel<TRules>(
    TRules rules, bool byteSymbols, Vocabulary? wholePieces, UnknownText unknown, bool cutsBeforeSpaceMark) : TokenModel
    where TRules : struct, IMergeRules
{
    private const int FirstWindow = 128;

    public override bool CutsBeforeSpaceMark => cutsBeforeSpaceMark;

    public override void Encode(ReadOnlySpan<byte> piece, EncodeScratch scratch, List<int> ids)
    {
        if (piece.IsEmpty) return;
        if (wholePieces is not null && wholePieces.TryFind(piece, out var whole))
        {
            ids.Add(whole);
            return;
        }

        var (current, following) = (scratch.Window, scratch.NextWindow);
        var most = FirstWindow;
        var afterUnknown = false;
        current.Merge(piece, 0, most, byteSymbols, rules);
        var symbol = 0;
        while (current.End < piece.Length)
        {
            var overlap = FindOverlap(current, symbol);
            if (overlap > symbol)
            {
                var start = current.StartOf(overlap);
                if (!following.TryRepeat(current, piece, start)) following.Merge(piece, start, most, byteSymbols, rules);
                if (FindCommon(current, overlap, following, out var here, out var there))
                {
                    Append(piece, current, symbol, here, ids, ref afterUnknown);
                    (current, following) = (following, current);
                    symbol = there;
                    continue;
                }
            }

            most = (int)Math.Min(most * 2L, piece.Length);
            current.Merge(piece, current.StartOf(symbol), most, byteSymbols, rules);
            symbol = 0;
        }

        Append(piece, current, symbol, -1, ids, ref afterUnknown);
    }

    // The token at which the next window shall begin: the last one that leaves an eighth of the window behind it.
    private static int FindOverlap(MergeWindow window, int symbol)
    {
        var limit = window.StartOf(symbol) + ((window.End - window.StartOf(symbol)) * 7L / 8);
        var last = symbol;
        for (var i = symbol; i >= 0 && window.StartOf(i) <= limit; i = window.Next(i)) last = i;
        return last;
    }

    private static bool FindCommon(MergeWindow first, int here, MergeWindow second, out int firstSymbol, out int secondSymbol)
    {
        var there = 0;
        while (here >= 0 && there >= 0)
        {
            var difference = first.StartOf(here) - second.StartOf(there);
            if (difference == 0 && first.EndOf(here) == second.EndOf(there))
            {
                (firstSymbol, secondSymbol) = (here, there);
                return true;
            }

            if (difference <= 0) here = first.Next(here);
            else there = second.Next(there);
        }

        (firstSymbol, secondSymbol) = (-1, -1);
        return false;
    }

    private void Append(ReadOnlySpan<byte> piece, MergeWindow window, int from, int to, List<int> ids, ref bool afterUnknown)
    {
        for (var i = from; i != to; i = window.Next(i))
        {
            var id = window.IdOf(i);
            if (id >= 0) ids.Add(id);
            else unknown.Append(piece[window.StartOf(i)..window.EndOf(i)], ids, afterUnknown);
            afterUnknown = id < 0;
        }
    }
}

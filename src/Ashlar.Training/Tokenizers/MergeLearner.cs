namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Learns merges from pieces and how often each occurs.
/// <para>
/// The pieces lie behind one another in one array, a border between each two. A token that spans some places has its id at the
/// first and at the last of them; so both neighbours of a place are found without links. What it had in between is taken away
/// where a token began there, so that a place that was noted long ago still says whether the pair is there. A merge visits the
/// places of its pair and changes the counts of the pairs beside them, nothing else.
/// </para>
/// <para>
/// Places are noted in order, and so are the places of pairs that a merge makes: "aaa" is merged from its left.
/// </para>
/// </summary>
internal sealed class MergeLearner
{
    private const int Border = -1;
    private const int Inside = -2;

    private readonly int[] _tokens; // by place; Border between pieces
    private readonly int[] _pieces; // by place: the piece
    private readonly long[] _counts; // by piece
    private readonly PairTable _pairs = new();
    private readonly List<int> _lengths = [.. Enumerable.Repeat(1, 256)]; // bytes by id
    private readonly int _mostBytes;

    /// <param name="pieces">The pieces.</param>
    /// <param name="mostBytes">The most bytes of a token.</param>
    public MergeLearner(PieceCounts pieces, int mostBytes)
    {
        _mostBytes = mostBytes;
        var places = 1L;
        for (var i = 0; i < pieces.Count; i++) places += pieces[i].Length > 1 ? pieces[i].Length + 1 : 0;
        _tokens = new int[checked((int)places)];
        _pieces = new int[_tokens.Length];
        _counts = new long[pieces.Count];
        _tokens[0] = Border;
        var at = 1;
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            _counts[i] = pieces.CountOf(i);
            if (piece.Length < 2) continue; // nothing to merge
            foreach (var value in piece)
            {
                (_tokens[at], _pieces[at]) = (value, i);
                if (_tokens[at - 1] != Border) _pairs.Add(PairTable.Key(_tokens[at - 1], value), _counts[i], at - 1);
                at++;
            }

            _tokens[at++] = Border;
        }
    }

    /// <summary>Learns merges, the most frequent first.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="least">How often a pair must occur.</param>
    /// <param name="progress">Is told now and then.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The pairs; the token that each makes has the next id from 256 on.</returns>
    public List<(int Left, int Right)> Learn(
        int most, long least, IProgress<BytePairProgress>? progress, CancellationToken cancellation)
    {
        _pairs.EnqueueAll();
        List<(int Left, int Right)> merges = [];
        HashSet<ulong> made = [];
        while (merges.Count < most && _pairs.TryTake(least, out var pair, out var places))
        {
            cancellation.ThrowIfCancellationRequested();
            var (left, right) = ((int)(pair >> 32), (int)(uint)pair);
            if (_lengths[left] + _lengths[right] > _mostBytes) continue;
            merges.Add((left, right));
            _lengths.Add(_lengths[left] + _lengths[right]);
            made.Clear();
            foreach (var place in places) Merge(place, left, right, _lengths.Count - 1, made);
            foreach (var other in made) _pairs.Enqueue(other);
            if (merges.Count % 64 == 0) progress?.Report(new BytePairProgress(0, merges.Count, most));
        }

        return merges;
    }

    private void Merge(int place, int left, int right, int merged, HashSet<ulong> made)
    {
        var middle = place + _lengths[left];
        if (_tokens[place] != left || _tokens[middle] != right) return;

        var end = middle + _lengths[right];
        var count = _counts[_pieces[place]];
        var (before, behind) = (_tokens[place - 1], _tokens[end]);
        _tokens[middle] = Inside;
        (_tokens[place], _tokens[end - 1]) = (merged, merged);
        if (before != Border)
        {
            var pair = PairTable.Key(before, merged);
            _pairs.Change(PairTable.Key(before, left), -count);
            _pairs.Add(pair, count, place - _lengths[before]);
            made.Add(pair);
        }

        if (behind != Border)
        {
            var pair = PairTable.Key(merged, behind);
            _pairs.Change(PairTable.Key(right, behind), -count);
            _pairs.Add(pair, count, place);
            made.Add(pair);
        }
    }
}

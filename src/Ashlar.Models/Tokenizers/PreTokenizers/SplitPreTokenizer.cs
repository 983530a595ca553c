namespace Ashlar.Models.Tokenizers;

/// <summary>What becomes of the matches that a text is split at.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,
    /// <summary>Each is a piece.</summary>
    Isolated,
    /// <summary>Each belongs to the piece before it.</summary>
    MergedWithPrevious,
    /// <summary>Each belongs to the piece behind it.</summary>
    MergedWithNext,
    /// <summary>Neighbouring matches make one piece.</summary>
    Contiguous,
}

/// <summary>Splits text at the matches of a pattern.</summary>
/// <param name="pattern">What to find.</param>
/// <param name="behavior">What becomes of it.</param>
/// <param name="invert">Whether what lies between the matches counts as match instead.</param>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        List<(int Start, int End)> matches = [];
        pattern.FindMatches(text, matches);

        // The text as alternating stretches; a pending one waits until it is known whether the next joins it.
        var pending = (Start: 0, End: 0);
        var pendingMatched = false;
        var at = 0;
        foreach (var (start, end) in matches)
        {
            if (start > at) Take(text, (at, start), invert, ref pending, ref pendingMatched, atStart, sink);
            Take(text, (start, end), !invert, ref pending, ref pendingMatched, atStart, sink);
            at = end;
        }

        if (at < text.Length) Take(text, (at, text.Length), invert, ref pending, ref pendingMatched, atStart, sink);
        Emit(text, pending, atStart, sink);
    }

    private void Take(
        ReadOnlySpan<byte> text, (int Start, int End) stretch, bool matched, ref (int Start, int End) pending,
        ref bool pendingMatched, bool atStart, PieceSink sink)
    {
        var joins = pending.End > pending.Start && behavior switch
        {
            SplitBehavior.MergedWithPrevious => matched && !pendingMatched,
            SplitBehavior.MergedWithNext => !matched && pendingMatched,
            SplitBehavior.Contiguous => matched == pendingMatched,
            _ => false,
        };
        if (joins)
        {
            pending.End = stretch.End;
        }
        else
        {
            Emit(text, pending, atStart, sink);
            pending = matched && behavior == SplitBehavior.Removed ? default : stretch;
        }

        pendingMatched = matched;
    }

    private static void Emit(ReadOnlySpan<byte> text, (int Start, int End) pending, bool atStart, PieceSink sink)
    {
        if (pending.End > pending.Start) sink.Accept(text[pending.Start..pending.End], atStart && pending.Start == 0);
    }
}

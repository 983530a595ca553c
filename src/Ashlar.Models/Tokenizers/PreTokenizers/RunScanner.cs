using System.Buffers;

namespace Ashlar.Models.Tokenizers;

/// <summary>A run of one set of code points: <c>[set]+</c>, <c>[set]{1,n}</c>, <c>\s?[set]+</c>.</summary>
internal sealed class RunScanner : Scanner
{
    private readonly CodePointSet _set;
    private readonly CodePointSet? _lead;
    private readonly int _least;
    private readonly int _most;
    private readonly SearchValues<byte> _firstBytes;

    /// <param name="set">The members of the run, in the notation of <see cref="CodePointSet.Parse"/>.</param>
    /// <param name="lead">What one character before the run may be, if any.</param>
    /// <param name="least">The fewest members that make a match.</param>
    /// <param name="most">The most members of a match.</param>
    public RunScanner(string set, string? lead = null, int least = 1, int most = int.MaxValue)
    {
        _set = CodePointSet.Parse(set);
        _lead = lead is null ? null : CodePointSet.Parse(lead);
        (_least, _most) = (least, most);
        _firstBytes = SearchValues.Create([.. _set.FirstBytes().Concat(_lead?.FirstBytes() ?? []).Distinct()]);
    }

    public override int Candidate(ReadOnlySpan<byte> text, int start)
    {
        var offset = text[start..].IndexOfAny(_firstBytes);
        return offset < 0 ? text.Length : start + offset;
    }

    public override int Match(ReadOnlySpan<byte> text, int start)
    {
        if (_lead is not null && _lead.Contains(CodePoints.Decode(text, start, out var length)))
        {
            var end = Run(text, start + length);
            if (end > start + length) return end;
        }

        return Run(text, start);
    }

    private int Run(ReadOnlySpan<byte> text, int start)
    {
        var (at, count) = (start, 0);
        while (at < text.Length && count < _most && _set.Contains(CodePoints.Decode(text, at, out var length)))
        {
            at += length;
            count++;
        }

        return count >= _least ? at : start;
    }
}

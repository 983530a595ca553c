namespace Ashlar.Engine.Sampling;

/// <summary>Forbids the last token of a sequence where the output ends with all before it.</summary>
internal sealed class ForbiddenSequences : ILogitStage
{
    private readonly int[][] _sequences;
    private readonly int[] _last; // tokens of the output, as many as matter at most
    private int _count;

    /// <param name="sequences">Sequences of one token or more.</param>
    public ForbiddenSequences(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        _sequences = [.. sequences.Select(static sequence => sequence.ToArray())];
        _last = new int[_sequences.Max(static sequence => sequence.Length) - 1];
    }

    public void Apply(Span<float> logits)
    {
        var output = _last.AsSpan(0, _count);
        foreach (var sequence in _sequences)
        {
            if (output.EndsWith(sequence.AsSpan(0, sequence.Length - 1))) logits[sequence[^1]] = float.NegativeInfinity;
        }
    }

    /// <summary>The output has one more token.</summary>
    public void Append(int token)
    {
        if (_last.Length == 0) return;
        if (_count == _last.Length) _last.AsSpan(1).CopyTo(_last);
        else _count++;
        _last[_count - 1] = token;
    }
}

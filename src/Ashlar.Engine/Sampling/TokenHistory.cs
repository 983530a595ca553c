namespace Ashlar.Engine.Sampling;

/// <summary>Which tokens a sequence holds, and how often each was generated; what the penalties look at.</summary>
internal sealed class TokenHistory
{
    private readonly int[] _generated;
    private readonly bool[] _seen;
    private readonly int[] _distinct;
    private int _distinctCount;

    public TokenHistory(int vocabulary, ReadOnlySpan<int> prompt)
    {
        _generated = new int[vocabulary];
        _seen = new bool[vocabulary];
        _distinct = new int[vocabulary];
        foreach (var token in prompt) See(token);
    }

    /// <summary>Every token of prompt and output, once.</summary>
    public ReadOnlySpan<int> Distinct => _distinct.AsSpan(0, _distinctCount);

    /// <summary>How often the output, not the prompt, holds a token.</summary>
    public int TimesGenerated(int token) => _generated[token];

    public void Append(int token)
    {
        _generated[token]++;
        See(token);
    }

    private void See(int token)
    {
        if (_seen[token]) return;
        _seen[token] = true;
        _distinct[_distinctCount++] = token;
    }
}

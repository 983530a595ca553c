using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Sampling;

/// <summary>
/// The tokens that may still be drawn, always in the order of their ids, so that a draw depends on which tokens remain and not on
/// how the stages found them. Columns rather than rows; the memory serves one token after another.
/// </summary>
internal sealed class Candidates(int vocabulary)
{
    private readonly int[] _tokens = new int[vocabulary];
    private readonly float[] _logits = new float[vocabulary];
    private readonly double[] _weights = new double[vocabulary];
    private readonly ulong[] _keys = new ulong[vocabulary];
    private float[]? _remembered;
    private uint[]? _mask;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>Probabilities but for a common factor; known once <see cref="Temperature"/> has been applied.</summary>
    public Span<double> Weights => _weights.AsSpan(0, Count);

    /// <summary>Room for a stage to rank the candidates in.</summary>
    public Span<ulong> Keys => _keys.AsSpan(0, Count);

    /// <summary>A key that sorts candidates by a number, smallest first, and equals by id.</summary>
    /// <param name="value">Any number but NaN.</param>
    /// <param name="index">The candidate's place.</param>
    public static ulong Key(float value, int index)
    {
        // The bits of floats sort as integers once negative ones are inverted; adding zero makes of -0 a +0.
        var bits = BitConverter.SingleToInt32Bits(value + 0f);
        var sortable = (uint)bits ^ ((uint)(bits >> 31) | 0x8000_0000);
        return ((ulong)sortable << 32) | (uint)index;
    }

    /// <summary>The candidate whose key it is.</summary>
    public static int IndexOf(ulong key) => (int)(uint)key;

    /// <summary>A copy of the logits as they are now, until the next is made.</summary>
    public float[] Remember(ReadOnlySpan<float> logits)
    {
        _remembered ??= new float[vocabulary];
        logits.CopyTo(_remembered);
        return _remembered;
    }

    /// <summary>Forbids the tokens that a grammar does not allow.</summary>
    public void Restrict(Span<float> logits, GrammarMatcher grammar)
    {
        const int Bits = 32;
        _mask ??= new uint[(vocabulary + Bits - 1) / Bits];
        grammar.FillMask(_mask);
        for (var i = 0; i < _mask.Length; i++)
        {
            var allowed = _mask[i];
            if (allowed == uint.MaxValue) continue;
            var some = logits[(i * Bits)..Math.Min((i + 1) * Bits, vocabulary)];
            for (var bit = 0; bit < some.Length; bit++)
            {
                if ((allowed >> bit & 1) == 0) some[bit] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>Starts again with every token that is not forbidden.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    public void Load(ReadOnlySpan<float> logits)
    {
        Count = 0;
        for (var token = 0; token < logits.Length; token++)
        {
            if (float.IsNegativeInfinity(logits[token])) continue;
            _tokens[Count] = token;
            _logits[Count++] = logits[token];
        }
    }

    /// <summary>Keeps the candidates at some places and drops the others.</summary>
    /// <param name="keys">Keys of the candidates to keep, at least one, in any order; part of <see cref="Keys"/>.</param>
    public void Keep(Span<ulong> keys)
    {
        // Back to the order of ids: the lower half of a key is the place.
        for (var i = 0; i < keys.Length; i++) keys[i] = (uint)keys[i];
        keys.Sort();
        for (var i = 0; i < keys.Length; i++) Move((int)keys[i], i);
        Count = keys.Length;
    }

    /// <summary>Keeps the candidates of the smallest keys until their weights reach a share of the whole.</summary>
    /// <param name="keys">Keys of at least so many candidates; part of <see cref="Keys"/>.</param>
    /// <param name="share">From 0 to 1.</param>
    public void KeepShare(Span<ulong> keys, double share)
    {
        keys.Sort();
        var wanted = share * TotalWeight();
        var sum = 0.0;
        var kept = 0;
        while (kept < keys.Length)
        {
            sum += _weights[IndexOf(keys[kept++])];
            if (sum >= wanted) break;
        }

        Keep(keys[..kept]);
    }

    /// <summary>Keeps the candidates of at least some weight.</summary>
    public void KeepHeavy(double leastWeight)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_weights[i] >= leastWeight) Move(i, kept++);
        }

        Count = kept;
    }

    public double TotalWeight()
    {
        var total = 0.0;
        foreach (var weight in Weights) total += weight;
        return total;
    }

    private void Move(int from, int to)
    {
        _tokens[to] = _tokens[from];
        _logits[to] = _logits[from];
        _weights[to] = _weights[from];
    }
}

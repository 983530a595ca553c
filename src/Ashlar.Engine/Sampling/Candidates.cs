using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Sampling;

/// <summary>
/// The tokens that may still be drawn, always in the order of their ids, so that a draw depends on which tokens remain and not on
/// how the stages found them. Columns rather than rows; the memory serves one token after another.
/// </summary>
internal sealed class Candidates(int vocabulary)
{
    /// <summary>Weights that are summed by themselves, so that a draw need not look at all.</summary>
    private const int Block = 256;

    private readonly int[] _tokens = new int[vocabulary];
    private readonly float[] _logits = new float[Exponentials.RoundUp(vocabulary)]; // negative infinity behind the last
    private readonly float[] _weights = new float[Exponentials.RoundUp(vocabulary)]; // 0 behind the last
    private readonly double[] _sums = new double[(vocabulary + Block - 1) / Block];
    private float _largest;
    private float _scale;
    private bool _areAll; // every token is a candidate, and its place is its id
    private float[]? _remembered;
    private uint[]? _mask;

    public int Count { get; private set; }

    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>Probabilities but for a common factor; known once <see cref="Weigh"/> was called.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);

    /// <summary>What ranks the candidates.</summary>
    public Selection Selection { get; } = new(vocabulary);

    /// <summary>The token of the candidate at a place.</summary>
    public int TokenAt(int place) => _areAll ? place : _tokens[place];

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
        Forbid(logits, _mask);
    }

    /// <summary>Forbids the tokens whose bits are not set.</summary>
    public static void Forbid(Span<float> logits, ReadOnlySpan<uint> allowed)
    {
        const int Lanes = Exponentials.Lanes;
        var bits = Vector512.Create(
            1u, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7,
            1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        for (var i = 0; i < whole.Length; i++)
        {
            var some = allowed[i / 2] >> (i % 2 * Lanes);
            if ((some & ushort.MaxValue) == ushort.MaxValue) continue;
            var forbidden = Vector512.Equals(Vector512.Create(some) & bits, Vector512<uint>.Zero).AsSingle();
            whole[i] = Vector512.ConditionalSelect(forbidden, Vector512.Create(float.NegativeInfinity), whole[i]);
        }

        for (var token = whole.Length * Lanes; token < logits.Length; token++)
        {
            if ((allowed[token / 32] >> (token % 32) & 1) == 0) logits[token] = float.NegativeInfinity;
        }
    }

    /// <summary>Starts again with every token that is not forbidden.</summary>
    /// <param name="logits">One for each token of the vocabulary; the largest is finite, and none is not a number.</param>
    /// <param name="largest">The largest.</param>
    public void Load(ReadOnlySpan<float> logits, float largest)
    {
        (Count, _largest, _areAll) = (vocabulary, largest, true);
        logits.CopyTo(_logits);
        if (AreSomeForbidden(logits)) KeepLikely(float.MinValue);
        else Close(vocabulary);
    }

    /// <summary>Weighs the candidates: exp((logit - largest) * scale), so that the likeliest of all tokens weighs 1.</summary>
    public void Weigh(float scale)
    {
        _scale = scale;
        var padded = Exponentials.RoundUp(Count);
        Exponentials.Weigh(_logits.AsSpan(0, padded), _largest, scale, _weights.AsSpan(0, padded));
    }

    /// <summary>The mean of the logarithms of the weights, each as likely as its candidate.</summary>
    public double MeanLogWeight()
    {
        var padded = Exponentials.RoundUp(Count);
        var sum = Exponentials.SumOfLogarithms(_weights.AsSpan(0, padded), _logits.AsSpan(0, padded), _largest, _scale);
        return sum / TotalWeight();
    }

    /// <summary>Ranks by logit, the largest first.</summary>
    public void RankByLogit() => Selection.RankDescending(_logits.AsSpan(0, Exponentials.RoundUp(Count)), Selection.Ranks);

    /// <summary>Ranks by weight, the largest first.</summary>
    public void RankByWeight() => Selection.RankDescending(_weights.AsSpan(0, Exponentials.RoundUp(Count)), Selection.Ranks);

    /// <summary>Ranks by how far a weight's logarithm is from some number, the nearest first; weights of 0 come last.</summary>
    public void RankByDistance(float logWeight)
    {
        var ranks = MemoryMarshal.Cast<uint, Vector512<uint>>(Selection.Ranks);
        var logits = MemoryMarshal.Cast<float, Vector512<float>>(_logits.AsSpan(0, Exponentials.RoundUp(Count)));
        var weights = MemoryMarshal.Cast<float, Vector512<float>>(_weights);
        for (var i = 0; i < logits.Length; i++)
        {
            var own = Exponentials.Bound((logits[i] - Vector512.Create(_largest)) * Vector512.Create(_scale));
            var distance = Vector512.Abs(own - Vector512.Create(logWeight)).AsUInt32(); // not negative: the bits sort as it does
            var isZero = Vector512.Equals(weights[i], Vector512<float>.Zero).AsUInt32();
            ranks[i] = distance | isZero;
        }
    }

    /// <summary>The sum of the weights: blocks one after the other, each as <see cref="Exponentials"/> sums.</summary>
    public double TotalWeight()
    {
        var (blocks, total) = ((Count + Block - 1) / Block, 0.0);
        for (var i = 0; i < blocks; i++)
        {
            var length = Math.Min(Block, Exponentials.RoundUp(Count) - i * Block);
            total += _sums[i] = Exponentials.Sum(_weights.AsSpan(i * Block, length));
        }

        return total;
    }

    /// <summary>Keeps the candidates with at least some logit, of which there must be one.</summary>
    public void KeepLikely(float leastLogit) => Keep(_logits, leastLogit);

    /// <summary>Keeps the candidates of at least some weight, of which there must be one.</summary>
    public void KeepHeavy(float leastWeight) => Keep(_weights, leastWeight);

    /// <summary>Keeps the first candidates by <see cref="Selection"/>'s ranks.</summary>
    /// <param name="isCounted">Whether so many are kept, rather than as many as weigh that much together.</param>
    /// <param name="wanted">How many, or how much.</param>
    public void KeepFirst(bool isCounted, double wanted)
    {
        var (rank, place) = Selection.Border(Count, isCounted ? [] : Weights, wanted);
        var all = MemoryMarshal.Cast<uint, Vector512<uint>>(Selection.Ranks);
        var kept = 0;
        for (var first = 0; first < Count; first += Exponentials.Lanes)
        {
            var ranks = all[first / Exponentials.Lanes];
            var bits = Vector512.LessThan(ranks, Vector512.Create(rank)).ExtractMostSignificantBits();
            var equals = Vector512.Equals(ranks, Vector512.Create(rank)).ExtractMostSignificantBits();
            for (; equals != 0; equals &= equals - 1)
            {
                var lane = BitOperations.TrailingZeroCount(equals);
                if (first + lane <= place) bits |= 1u << lane;
            }

            kept = Move(first, bits, kept);
        }

        Close(kept);
    }

    /// <summary>The token at a point of the weights laid end to end.</summary>
    /// <param name="part">Where the point is, from 0 to less than 1.</param>
    public int Draw(double part)
    {
        var target = part * TotalWeight();
        var (before, drawn) = (0.0, 0);
        for (var block = 0; block * Block < Count; block++)
        {
            if (_sums[block] == 0) continue;
            drawn = block;
            if (before + _sums[block] > target) break;
            before += _sums[block];
        }

        // Rounding may leave the point behind the last weight, or behind the last of a block.
        var place = -1;
        for (var i = drawn * Block; i < Math.Min(Count, (drawn + 1) * Block); i++)
        {
            if (_weights[i] == 0) continue;
            place = i;
            if ((before += _weights[i]) > target) break;
        }

        return TokenAt(place);
    }

    private void Keep(float[] values, float least)
    {
        var all = MemoryMarshal.Cast<float, Vector512<float>>(values);
        var kept = 0;
        for (var first = 0; first < Count; first += Exponentials.Lanes)
        {
            var some = all[first / Exponentials.Lanes];
            var bits = Vector512.GreaterThanOrEqual(some, Vector512.Create(least)).ExtractMostSignificantBits();
            kept = Move(first, bits, kept);
        }

        Close(kept);
    }

    private static bool AreSomeForbidden(ReadOnlySpan<float> logits)
    {
        var least = Vector512.Create(float.MaxValue);
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        foreach (ref readonly var some in whole) least = Vector512.MinNative(least, some);
        var areSome = Vector512.EqualsAny(least, Vector512.Create(float.NegativeInfinity));
        foreach (var logit in logits[(whole.Length * Exponentials.Lanes)..]) areSome |= float.IsNegativeInfinity(logit);
        return areSome;
    }

    // Moves those of sixteen candidates whose bits are set behind those that are kept; says how many are then.
    private int Move(int first, ulong bits, int kept)
    {
        if (first + Exponentials.Lanes > Count) bits &= (1u << (Count - first)) - 1;
        if (bits == ushort.MaxValue && first == kept && !_areAll) return kept + Exponentials.Lanes;
        for (; bits != 0; bits &= bits - 1, kept++)
        {
            var from = first + BitOperations.TrailingZeroCount(bits);
            _tokens[kept] = _areAll ? from : _tokens[from];
            _logits[kept] = _logits[from];
            _weights[kept] = _weights[from];
        }

        return kept;
    }

    // So many are left.
    private void Close(int count)
    {
        if (count < vocabulary) _areAll = false;
        Count = count;
        var padded = Exponentials.RoundUp(count);
        _logits.AsSpan(count..padded).Fill(float.NegativeInfinity);
        _weights.AsSpan(count..padded).Clear();
    }
}

using Ashlar.Engine.Sampling;

namespace Ashlar.Tiny.Drawing;

/// <summary>
/// Random choices that follow from a seed alone, on every machine. Every document has a draw of its own, so that documents can be
/// made in any order and on any thread.
/// </summary>
internal sealed class Draw
{
    private Xoshiro256 _random;

    public Draw(ulong seed) => _random = Xoshiro256.FromSeed((long)seed);

    /// <summary>The draw of one document.</summary>
    /// <param name="seed">The seed of the whole text.</param>
    /// <param name="kind">The kind of document.</param>
    /// <param name="index">Its number.</param>
    public static Draw Of(ulong seed, string kind, long index)
    {
        var hash = 0xCBF29CE484222325; // FNV-1a, which no culture or process changes
        foreach (var letter in kind) hash = (hash ^ letter) * 0x100000001B3;
        var mixed = seed ^ hash;
        return new Draw(Xoshiro256.SplitMix64(ref mixed) ^ ((ulong)index * 0x9E3779B97F4A7C15));
    }

    /// <summary>A number from 0 to below a count.</summary>
    public int Below(int count) => (int)Math.BigMul(_random.Next(), (ulong)count, out _);

    /// <summary>A number from one to another, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Whether something happens that happens so often in a hundred times.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    /// <summary>One of several that is none of those.</summary>
    public T Other<T>(IReadOnlyList<T> all, params IReadOnlyList<T> than)
    {
        while (true)
        {
            var picked = Pick(all);
            if (!than.Contains(picked)) return picked;
        }
    }

    /// <summary>Several of many, each once, in random order.</summary>
    public T[] Some<T>(IReadOnlyList<T> all, int count)
    {
        T[] order = [.. all];
        Shuffle(order);
        return order[..Math.Min(count, order.Length)];
    }

    /// <summary>Brings a list into a random order.</summary>
    public void Shuffle<T>(IList<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}

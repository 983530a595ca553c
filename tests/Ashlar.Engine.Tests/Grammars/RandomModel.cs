using System.Text;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>A model without a thought: takes any token that the mask allows; after a while it looks for the end.</summary>
internal sealed class RandomModel(Random random, TokenTable table)
{
    private readonly uint[] _mask = new uint[table.MaskLength];

    /// <summary>As below, where it is certain to find the end.</summary>
    public List<int> MustGenerate(CompiledGrammar grammar, int patience, Action<GrammarMatcher, uint[]>? each = null)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (Generate(grammar, patience, each) is { } tokens) return tokens;
        }

        Assert.Fail("no end was found");
        return [];
    }

    /// <summary>The tokens of an output that is complete; null if it found no end by chance.</summary>
    /// <param name="grammar">What it follows.</param>
    /// <param name="patience">How many tokens come before it looks for the end.</param>
    /// <param name="each">Is called before each token.</param>
    public List<int>? Generate(CompiledGrammar grammar, int patience, Action<GrammarMatcher, uint[]>? each = null)
    {
        var matcher = grammar.CreateMatcher();
        List<int> tokens = [];
        while (tokens.Count < 2000)
        {
            matcher.FillMask(_mask);
            each?.Invoke(matcher, _mask);
            var token = Choose(tokens.Count >= patience);
            if (token < 0) Assert.Fail($"nothing may follow {Show(tokens)}");
            if (!matcher.TryAccept(token)) Assert.Fail($"the mask allows {token} behind {Show(tokens)}, which is not accepted");
            if (Array.BinarySearch(table.EndOfGeneration, token) >= 0 && matcher.IsEnded) return tokens;
            tokens.Add(token);
        }

        return null;
    }

    public string TextOf(IEnumerable<int> tokens) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. tokens.SelectMany(token => table[token].ToArray())]);

    // An output under way may end inside a character.
    private string Show(List<int> tokens) => $"'{Encoding.UTF8.GetString([.. tokens.SelectMany(token => table[token].ToArray())])}'";

    private int Choose(bool hurry)
    {
        List<int> allowed = [];
        for (var word = 0; word < _mask.Length; word++)
        {
            for (var bits = _mask[word]; bits != 0; bits &= bits - 1) allowed.Add((word * 32) + System.Numerics.BitOperations.TrailingZeroCount(bits));
        }

        if (allowed.Count == 0) return -1;
        var any = allowed[random.Next(allowed.Count)];
        if (!hurry) return any;
        // What closes soonest: the end, then brackets, then quotation marks; letters of words that end.
        var ends = allowed.Where(token => Rank(token) < 9).ToLookup(Rank);
        foreach (var group in ends.OrderBy(group => group.Key))
        {
            if (random.Next(5) > 0) return group.ElementAt(random.Next(group.Count()));
        }

        return any;
    }

    private int Rank(int token)
    {
        if (Array.BinarySearch(table.EndOfGeneration, token) >= 0) return 0;
        var bytes = table[token];
        return bytes.Length is 0 or > 2 ? 9 : bytes[^1] switch
        {
            (byte)'}' => 1,
            (byte)']' => 2,
            (byte)'"' => 3,
            (byte)'n' or (byte)'u' or (byte)'l' => 4,
            (byte)'0' => 5,
            _ => 9,
        };
    }
}

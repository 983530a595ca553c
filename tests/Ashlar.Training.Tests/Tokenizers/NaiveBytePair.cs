using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Tests.Tokenizers;

/// <summary>Byte-pair training as it is defined: all pairs are counted anew for every merge.</summary>
internal static class NaiveBytePair
{
    public static List<(int Left, int Right)> Learn(
        IEnumerable<byte[]> texts, string family, int most, long least, int longest = 64)
    {
        var sink = new Pieces();
        foreach (var text in texts) PreTokenizerFamilies.Find(family)!.Split(text, true, sink);
        var words = sink.Found;
        List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        List<(int Left, int Right)> merges = [];
        while (merges.Count < most)
        {
            Dictionary<(int Left, int Right), long> counts = [];
            foreach (var word in words)
            {
                for (var i = 1; i < word.Count; i++)
                {
                    var key = (word[i - 1], word[i]);
                    counts[key] = counts.GetValueOrDefault(key) + 1;
                }
            }

            var best = counts.Where(pair => pair.Value >= least)
                .Where(pair => tokens[pair.Key.Left].Length + tokens[pair.Key.Right].Length <= longest)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Left).ThenBy(pair => pair.Key.Right)
                .Select(pair => ((int, int)?)pair.Key).FirstOrDefault();
            if (best is not { } merge) break;

            merges.Add(merge);
            tokens.Add([.. tokens[merge.Item1], .. tokens[merge.Item2]]);
            foreach (var word in words) Apply(word, merge, tokens.Count - 1);
        }

        return merges;
    }

    private static void Apply(List<int> word, (int Left, int Right) merge, int merged)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != merge.Left || word[i + 1] != merge.Right) continue;
            word[i] = merged;
            word.RemoveAt(i + 1);
        }
    }

    private sealed class Pieces : PieceSink
    {
        public List<List<int>> Found { get; } = [];

        public override void Accept(ReadOnlySpan<byte> piece, bool atStart) => Found.Add([.. piece.ToArray().Select(b => (int)b)]);
    }
}

using System.Text;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Merging in windows against merging by definition.</summary>
public class MergeModelTests
{
    private const int Seed = 99;

    [Fact]
    public void Long_words_get_the_same_ids_in_windows_as_by_definition()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 60; round++)
        {
            var alphabet = random.Next(1, 5);
            var (vocabulary, merges) = RandomMerges(random, alphabet, random.Next(1, 60));
            var table = new MergeTable(merges.Count);
            foreach (var (left, right, merged) in merges) table.Add(left, right, merged);
            var model = new MergeModel<ListedMerges>(
                new ListedMerges(vocabulary, table, vocabulary.FindSingleBytes()), byteSymbols: true, wholePieces: null,
                new UnknownText(null, null, fuse: false), cutsBeforeSpaceMark: false);

            var text = new byte[random.Next(1, 3000)];
            var runs = random.Next(3) == 0;
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = runs && i > 0 && random.Next(20) > 0 ? text[i - 1] : (byte)('a' + random.Next(alphabet));
            }

            List<int> ids = [];
            model.Encode(text, new EncodeScratch(), ids);
            Assert.True(
                ids.SequenceEqual(ByDefinition(text, merges)), $"seed {Seed}, round {round}: {Encoding.ASCII.GetString(text)}");
        }
    }

    [Fact]
    public void Published_vocabularies_get_the_same_ids_for_a_text_as_one_word_as_by_definition()
    {
        var tokenizer = TestVectors.Tokenizer("gpt-2");
        var random = new Random(Seed);
        var emoji = string.Concat(Enumerable.Repeat("😀🚀", 300));
        foreach (var word in new[] { new string('a', 3001), new string('=', 2500), RandomLetters(random, 2000), emoji })
        {
            var whole = tokenizer.Encode(word);
            Assert.Equal(word, tokenizer.Decode(whole));

            // The property that windows rest on, for what they made: each two neighbours are the encoding of their text.
            foreach (var (left, right) in whole.Zip(whole.Skip(1)))
            {
                byte[] both = [.. tokenizer.TokenBytes(left), .. tokenizer.TokenBytes(right)];
                Assert.Equal([left, right], tokenizer.Encode(both));
            }
        }
    }

    private static string RandomLetters(Random random, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(26))));

    // Single letters, then merges of random pairs of tokens, in random order of rank: also such as no training would give.
    private static (Vocabulary Vocabulary, List<(int Left, int Right, int Merged)> Merges) RandomMerges(
        Random random, int alphabet, int count)
    {
        List<string> tokens = [.. Enumerable.Range(0, alphabet).Select(i => ((char)('a' + i)).ToString())];
        List<(int, int, int)> merges = [];
        for (var i = 0; i < count; i++)
        {
            var (left, right) = (random.Next(tokens.Count), random.Next(tokens.Count));
            var text = tokens[left] + tokens[right];
            if (text.Length > 200 || merges.Any(merge => merge.Item1 == left && merge.Item2 == right)) continue;
            var merged = tokens.IndexOf(text);
            if (merged < 0)
            {
                merged = tokens.Count;
                tokens.Add(text);
            }

            merges.Add((left, right, merged));
        }

        if (random.Next(2) == 0) random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(merges));
        var builder = new VocabularyBuilder(tokens.Count);
        foreach (var token in tokens) builder.Add(Encoding.ASCII.GetBytes(token), TokenKind.Normal);
        return (builder.Build(), merges);
    }

    private static List<int> ByDefinition(byte[] text, List<(int Left, int Right, int Merged)> merges)
    {
        var ranks = merges.Select((merge, rank) => (merge, rank)).ToDictionary(
            pair => (pair.merge.Left, pair.merge.Right), pair => (pair.rank, pair.merge.Merged));
        List<int> ids = [.. text.Select(letter => letter - 'a')];
        while (true)
        {
            var best = (Rank: int.MaxValue, At: -1, Merged: -1);
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                if (ranks.TryGetValue((ids[i], ids[i + 1]), out var merge) && merge.rank < best.Rank)
                {
                    best = (merge.rank, i, merge.Merged);
                }
            }

            if (best.At < 0) return ids;
            ids[best.At] = best.Merged;
            ids.RemoveAt(best.At + 1);
        }
    }
}

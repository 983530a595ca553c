using Ashlar.Training.Tokenizers;

namespace Ashlar.Training.Tests.Tokenizers;

public class BytePairTrainerTests
{
    private const int Seed = 20261122;

    public static TheoryData<string> Families => [.. BytePairTrainer.PreTokenizers];

    [Theory]
    [MemberData(nameof(Families))]
    public void Merges_are_those_of_counting_all_pairs_anew_each_time(string family)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 40; round++)
        {
            var texts = Corpora.Random(random, 1 + random.Next(12));
            var (most, least, longest) = (random.Next(80), 1 + random.Next(3), 2 + random.Next(12));
            var options = new BytePairOptions
            {
                VocabularySize = 256 + most,
                MinimumFrequency = least,
                LongestTokenBytes = longest,
                PreTokenizer = family,
                Threads = 1 + random.Next(3),
            };
            var expected = NaiveBytePair.Learn(texts, family, most, least, longest);
            var learned = Train(texts, options);
            Assert.True(expected.SequenceEqual(learned.Merges), $"seed {Seed}, {family}, round {round}");
            var tokens = Enumerable.Range(0, learned.Count).Select(id => Convert.ToHexString(learned.TokenBytes(id))).ToHashSet();
            Assert.True(tokens.Count == learned.Count, $"seed {Seed}, {family}, round {round}: two tokens are alike");
        }
    }

    [Fact]
    public void A_run_of_one_letter_is_merged_from_its_left()
    {
        var learned = Train(["aaaaa"u8.ToArray()], Options(2));
        Assert.Equal([('a', 'a'), (256, 'a')], learned.Merges);
    }

    [Fact]
    public void Of_pairs_that_occur_equally_often_the_least_ids_come_first()
    {
        var learned = Train(["ca ab ba"u8.ToArray(), "ca"u8.ToArray(), "ba"u8.ToArray()], Options(4));
        Assert.Equal([('b', 'a'), ('c', 'a'), (' ', 'a'), (' ', 256)], learned.Merges);
    }

    [Fact]
    public void The_number_of_threads_and_the_cut_of_a_text_do_not_change_the_result()
    {
        var text = Corpora.English(new Random(Seed), 700_000); // more than one block, so that it is cut
        Assert.True(text.Length > 2 << 20);
        var one = Train([text], Options(300) with { Threads = 1 });
        Assert.Equal(300, one.Merges.Count);
        Assert.Equal(one.Merges, Train([text], Options(300) with { Threads = 3 }).Merges);
        Assert.Equal(one.Merges, Train([text], Options(300) with { Threads = 8 }).Merges);
        var lines = System.Text.Encoding.UTF8.GetString(text).Split('\n').Select(line => line + "\n");
        var byLines = Train([.. lines.Select(System.Text.Encoding.UTF8.GetBytes)], Options(300));
        Assert.Equal(one.Merges, byLines.Merges);
    }

    [Fact]
    public void Rare_pieces_are_forgotten_where_there_are_too_many_whatever_the_threads()
    {
        var random = new Random(Seed);
        var noise = new byte[200_000];
        foreach (ref var value in noise.AsSpan()) value = (byte)(random.Next(7) == 0 ? ' ' : 'a' + random.Next(26));
        byte[][] texts = [.. Enumerable.Repeat(" common words stay"u8.ToArray(), 50), noise];
        var options = Options(40) with { MostDistinctBytes = 4096, MinimumFrequency = 20 };
        var learned = Train(texts, options);
        Assert.Contains(" common", Enumerable.Range(256, 40).Take(learned.Merges.Count)
            .Select(id => System.Text.Encoding.UTF8.GetString(learned.TokenBytes(id))));
        Assert.Equal(learned.Merges, Train(texts, options with { Threads = 4 }).Merges);
        Assert.NotEqual(learned.Merges, Train(texts, options with { MostDistinctBytes = 1 << 20 }).Merges);
    }

    [Fact]
    public void Nothing_is_merged_that_occurs_too_seldom()
    {
        Assert.Empty(Train(["abcd"u8.ToArray()], Options(10) with { MinimumFrequency = 2 }).Merges);
        Assert.Equal(3, Train(["abcd"u8.ToArray()], Options(10) with { MinimumFrequency = 1 }).Merges.Count);
        Assert.Empty(Train([], Options(10)).Merges);
    }

    [Fact]
    public void Special_tokens_have_the_last_ids_and_no_part_in_the_merges()
    {
        var options = Options(50) with
        {
            VocabularySize = 306,
            SpecialTokens = ["<|im_start|>", "<|im_end|>"],
            Eos = "<|im_end|>",
            Padding = "<|pad|>",
            MinimumFrequency = 2,
        };
        var text = string.Concat(Enumerable.Repeat("<|im_start|>x<|im_end|>", 100));
        var learned = Train([System.Text.Encoding.UTF8.GetBytes(text)], options);
        Assert.Empty(learned.Merges);
        Assert.Equal((256, 257, 258, null), (
            learned.SpecialId("<|im_start|>"), learned.SpecialId("<|im_end|>"), learned.SpecialId("<|pad|>"),
            learned.SpecialId("<|none|>")));
        var tokenizer = learned.ToTokenizer();
        Assert.Equal([256, 'x', 257], tokenizer.Encode("<|im_start|>x<|im_end|>", parseSpecial: true));
        Assert.Equal((257, 258, true), (tokenizer.EosId, tokenizer.PaddingId, tokenizer.IsEndOfGeneration(257)));
    }

    [Fact]
    public void It_stops_when_it_is_cancelled_while_counting_and_while_merging()
    {
        byte[][] texts = [Corpora.English(new Random(Seed), 10_000)];
        using var counting = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => BytePairTrainer.Train(
            Cancelling(counting), Options(100) with { Threads = 1 }, cancellation: counting.Token));
        using var merging = new CancellationTokenSource();
        var progress = new Told(told =>
        {
            if (told.Merges > 0) merging.Cancel();
        });
        Assert.Throws<OperationCanceledException>(
            () => BytePairTrainer.Train(texts.Select(text => (ReadOnlyMemory<byte>)text), Options(200), progress, merging.Token));

        static IEnumerable<ReadOnlyMemory<byte>> Cancelling(CancellationTokenSource source)
        {
            yield return new byte[1 << 19];
            source.Cancel();
            yield return new byte[1 << 19];
        }
    }

    [Theory]
    [InlineData("the vocabulary size is 200", 200)]
    [InlineData("the vocabulary size is 2000000", 2_000_000)]
    public void Sizes_out_of_range_are_refused_by_name(string message, int size) => Refuses(message, new() { VocabularySize = size });

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var options = Options(10);
        Refuses("minimum frequency", options with { MinimumFrequency = 0 });
        Refuses("longest token", options with { LongestTokenBytes = 1 });
        Refuses("no pre-tokenizer 'gpt-9'", options with { PreTokenizer = "gpt-9" });
        Refuses("special token 'a b'", options with { SpecialTokens = ["a b"] });
        Refuses("special token 'x'", options with { Eos = "x" });
        Refuses("none is named", options with { AddsBos = true });
        Refuses("0 threads", options with { Threads = 0 });
    }

    private static void Refuses(string message, BytePairOptions options) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Train([], options)).Message, StringComparison.Ordinal);

    private static BytePairOptions Options(int merges) => new() { VocabularySize = 256 + merges, MinimumFrequency = 1 };

    private static BytePairVocabulary Train(byte[][] texts, BytePairOptions options) =>
        BytePairTrainer.Train(texts.Select(text => (ReadOnlyMemory<byte>)text), options);

    private sealed class Told(Action<BytePairProgress> action) : IProgress<BytePairProgress>
    {
        public void Report(BytePairProgress value) => action(value);
    }
}

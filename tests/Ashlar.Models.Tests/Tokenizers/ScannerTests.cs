using System.Text;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Scanners against the regular expressions that they stand for, run by .NET's engine.</summary>
public class ScannerTests
{
    private const int Seed = 4711;

    public static TheoryData<string> Patterns => [.. KnownPatterns.All];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_scanner_cuts_as_its_expression_does(string pattern)
    {
        var scanner = KnownPatterns.Find(pattern)!;
        var oracle = new SplitPreTokenizer(new RegexPattern(pattern), SplitBehavior.Isolated, invert: false);
        foreach (var text in RandomText.Samples(Seed, 300))
        {
            // Case folding beyond ASCII ('ſ is 's) is the engine's own.
            if (text.Contains('\u017F') || text.Contains('\u212A')) continue;
            Assert.True(
                Pieces(oracle, text).SequenceEqual(Pieces(scanner, text)),
                $"seed {Seed}: '{text}' {Convert.ToHexString(Encoding.UTF8.GetBytes(text))}: "
                + $"{string.Join('|', Pieces(scanner, text))}, expected {string.Join('|', Pieces(oracle, text))}");
        }
    }

    [Fact]
    public void Every_family_keeps_every_byte_of_random_bytes()
    {
        var random = new Random(Seed);
        string[] names =
        [
            "default", "gpt-2", "llama-bpe", "qwen2", "qwen35", "gpt-4o", "tekken", "starcoder", "deepseek-coder",
            "deepseek-llm", "deepseek-v3", "falcon",
        ];
        foreach (var name in names)
        {
            for (var i = 0; i < 200; i++)
            {
                var bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                var collected = new Collector();
                PreTokenizerFamilies.Find(name)!.Split(bytes, true, collected);
                Assert.True(
                    collected.Pieces.SelectMany(piece => piece).SequenceEqual(bytes),
                    $"seed {Seed}, {name}, {Convert.ToHexString(bytes)}");
                Assert.DoesNotContain(collected.Pieces, piece => piece.Length == 0);
            }
        }
    }

    [Theory]
    [InlineData("llama-bpe", "Hello  world 12345\n\n x", "Hello| | world| |123|45|\n\n| x")]
    [InlineData("qwen2", "I'LL 12", "I|'LL| |1|2")]
    [InlineData("gpt-2", "I'LL's  12", "I|'|LL|'s| | 12")]
    [InlineData("gpt-4o", "HelloWorld日本ABC's", "Hello|World日本|ABC's")]
    [InlineData("starcoder", "a 123", "a| |1|2|3")]
    [InlineData("falcon", "12345 a--b", "123|45| a|--|b")]
    [InlineData("deepseek-v3", "foo.Bar 1234", "foo|.Bar| |123|4")]
    [InlineData("deepseek-llm", "ab \n工作 1", "ab| |\n|工作| |1")]
    public void Families_cut_as_published(string family, string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces(PreTokenizerFamilies.Find(family)!, text)));

    [Theory]
    [InlineData("Removed", "a|b|c")]
    [InlineData("Isolated", "a|-|-|b|-|c")]
    [InlineData("MergedWithPrevious", "a-|-|b-|c")]
    [InlineData("MergedWithNext", "a|-|-b|-c")]
    [InlineData("Contiguous", "a|--|b|-|c")]
    public void A_split_does_with_its_matches_what_it_is_told(string behavior, string pieces)
    {
        var split = new SplitPreTokenizer(
            new LiteralPattern("-"u8.ToArray()), Enum.Parse<SplitBehavior>(behavior), invert: false);
        Assert.Equal(pieces, string.Join('|', Pieces(split, "a--b-c")));
    }

    [Fact]
    public void A_regular_expression_sees_letters_beyond_the_basic_plane_as_letters()
    {
        var split = new SplitPreTokenizer(
            new RegexPattern(@"\p{Lu}\p{Ll}+|\p{So}|\p{Nd}+"), SplitBehavior.Isolated, invert: false);
        Assert.Equal("𐐀𐐨𐐩|😀|𝟘𝟙|-", string.Join('|', Pieces(split, "𐐀𐐨𐐩😀𝟘𝟙-")));
    }

    [Fact]
    public void A_regular_expression_that_runs_away_is_stopped()
    {
        var split = new SplitPreTokenizer(new RegexPattern(@"(a+)+\1b"), SplitBehavior.Isolated, invert: false);
        var error = Assert.Throws<InvalidDataException>(() => Pieces(split, new string('a', 60)));
        Assert.Contains(@"(a+)+\1b", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Pieces(PreTokenizer preTokenizer, string text)
    {
        var collected = new Collector();
        preTokenizer.Split(Encoding.UTF8.GetBytes(text), true, collected);
        return [.. collected.Pieces.Select(Encoding.UTF8.GetString)];
    }

    private sealed class Collector : PieceSink
    {
        public List<byte[]> Pieces { get; } = [];

        public override void Accept(ReadOnlySpan<byte> piece, bool atStart) => Pieces.Add(piece.ToArray());
    }
}

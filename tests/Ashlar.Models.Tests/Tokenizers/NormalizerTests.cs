using System.Text;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

public class NormalizerTests
{
    [Theory]
    [InlineData("\u00E9", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("e\u0301", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\uFF12", "\uFF12", "\uFF12", "2", "2")]
    [InlineData("\u00C5", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\uAC00", "\uAC00", "\u1100\u1161", "\uAC00", "\u1100\u1161")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC01\u11A8", "\uAC01\u11A8", "\u1100\u1161\u11A8\u11A8", "\uAC01\u11A8", "\u1100\u1161\u11A8\u11A8")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u2126", "\u03A9", "\u03A9", "\u03A9", "\u03A9")]
    [InlineData("\u337F", "\u337F", "\u337F", "\u682A\u5F0F\u4F1A\u793E", "\u682A\u5F0F\u4F1A\u793E")]
    [InlineData(
        "\uFDFA", "\uFDFA", "\uFDFA",
        "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645",
        "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645")]
    [InlineData("\u0B47\u0B3E", "\u0B4B", "\u0B47\u0B3E", "\u0B4B", "\u0B47\u0B3E")]
    [InlineData(
        "a\u0315\u0300\u05AEb", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b")]
    [InlineData("\U0001D49C", "\U0001D49C", "\U0001D49C", "A", "A")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\u09C7\u09BE", "\u09CB", "\u09C7\u09BE", "\u09CB", "\u09C7\u09BE")]
    [InlineData("\u01C6", "\u01C6", "\u01C6", "d\u017E", "dz\u030C")]
    [InlineData("\u2460", "\u2460", "\u2460", "1", "1")]
    public void The_four_forms_are_those_of_the_standard(string text, string c, string d, string kc, string kd)
    {
        // The expected values are those of another implementation of Unicode (CPython's).
        Assert.Equal(c, Apply(new UnicodeFormNormalizer(compose: true, compatibility: false), text));
        Assert.Equal(d, Apply(new UnicodeFormNormalizer(compose: false, compatibility: false), text));
        Assert.Equal(kc, Apply(new UnicodeFormNormalizer(compose: true, compatibility: true), text));
        Assert.Equal(kd, Apply(new UnicodeFormNormalizer(compose: false, compatibility: true), text));
    }

    [Fact]
    public void Normal_forms_are_stable_and_agree_with_each_other_on_random_text()
    {
        var compose = new UnicodeFormNormalizer(compose: true, compatibility: false);
        var decompose = new UnicodeFormNormalizer(compose: false, compatibility: false);
        foreach (var text in RandomText.Samples(7, 500))
        {
            var (c, d) = (Apply(compose, text), Apply(decompose, text));
            Assert.Equal(c, Apply(compose, c));
            Assert.Equal(d, Apply(decompose, d));
            Assert.Equal(c, Apply(compose, d));
            Assert.Equal(d, Apply(decompose, c));
        }
    }

    [Fact]
    public void A_byte_that_is_no_character_stays_as_it_is()
    {
        var output = new TextBuffer();
        new UnicodeFormNormalizer(compose: true, compatibility: false).Apply([(byte)'a', 0xFF, 0xCC, 0x81, (byte)'b'], output);
        Assert.Equal([(byte)'a', 0xFF, 0xCC, 0x81, (byte)'b'], output.Written.ToArray());
    }

    [Fact]
    public void Bert_cleans_takes_accents_off_and_sets_ideographs_apart() =>
        Assert.Equal("a cafe  \u4E2D ss", Apply(new BertNormalizer(true, true, true, true), "\u0000A\tCaf\u00E9 \u4E2Dss\uFFFD"));

    [Fact]
    public void A_precompiled_map_replaces_the_longest_prefix_it_knows()
    {
        // A double-array trie by hand: root (offset 1 << 10 | ...), one edge 'A' that is a leaf whose value is 0: "b".
        var units = new uint[256];
        units[0] = 1u << 10; // the root's children lie at 1 ^ byte
        units[1 ^ 'A'] = (2u << 10) | 0x100 | 'A'; // a leaf; its value lies at (1 ^ 'A') ^ 2
        units[1 ^ 'A' ^ 2] = 0x8000_0000;
        byte[] map = [0, 4, 0, 0, .. units.SelectMany(BitConverter.GetBytes), (byte)'b', (byte)'c', 0];
        Assert.Equal("xbcB", Apply(new PrecompiledNormalizer(map), "xAB"));
        Assert.Throws<InvalidDataException>(() => new PrecompiledNormalizer(map.AsSpan(0, 200)));
        Assert.Throws<InvalidDataException>(() => new PrecompiledNormalizer([1, 0]));
    }

    private static string Apply(Normalizer normalizer, string text)
    {
        var output = new TextBuffer();
        normalizer.Apply(Encoding.UTF8.GetBytes(text), output);
        return Encoding.UTF8.GetString(output.Written);
    }
}

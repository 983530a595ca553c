using System.Text;
using System.Text.RegularExpressions;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class PatternTests
{
    private const int Seed = 909;

    [Fact]
    public void Texts_of_random_patterns_match_them_and_texts_agree_on_what_matches()
    {
        var written = 0;
        for (var i = 0; i < 150; i++)
        {
            var random = new Random(Seed + i);
            var pattern = RandomPattern.Any(random, 1 + (i % 5));
            var regex = new Regex($@"\A(?:{pattern.Replace(@"\d", "[0-9]", StringComparison.Ordinal).Replace(@"\w", "[A-Za-z0-9_]", StringComparison.Ordinal)})\z",
                RegexOptions.CultureInvariant);
            CompiledGrammar grammar;
            try
            {
                grammar = Vocabularies.Compile(new RegexGrammar(pattern));
            }
            catch (GrammarException error) when (error.Message.Contains("too large", StringComparison.Ordinal))
            {
                continue;
            }

            var model = new RandomModel(random, Vocabularies.Small);
            for (var j = 0; j < 4; j++)
            {
                if (model.Generate(grammar, random.Next(12)) is not { } tokens) continue;
                written++;
                var text = model.TextOf(tokens);
                if (text.EnumerateRunes().Any(rune => !rune.IsBmp)) continue; // .NET sees two characters there
                Assert.True(regex.IsMatch(text), $"seed {Seed + i}: '{text}' does not match {pattern}");
            }

            for (var j = 0; j < 40; j++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "aabbcx0é日.-\"A "[random.Next(14)]));
                Assert.True(regex.IsMatch(text) == Accepts(grammar, text), $"seed {Seed + i}: '{text}' and {pattern}");
            }
        }

        Assert.InRange(written, 300, int.MaxValue);
    }

    [Theory]
    [InlineData("^abc$", "abc", true)]
    [InlineData("abc", "xabc", false)]
    [InlineData("a|bc|", "", true)]
    [InlineData("[\\w-]+", "a-b_9", true)]
    [InlineData("[^\\s]", "\u00a0", false)]
    [InlineData("\\u{1F600}|\\ud83d\\ude01", "😁", true)]
    [InlineData("\\p{Lu}\\p{L}*", "Éa", true)]
    [InlineData("\\P{L}", "é", false)]
    [InlineData("(?<year>\\d{4})-\\d\\d", "2024-05", true)]
    [InlineData("a{,3}", "a{,3}", true)]
    [InlineData("\\x41\\cJ\\0", "A\n\0", true)]
    [InlineData("a+?b*?", "aab", true)]
    [InlineData(".", "\u2028", false)]
    [InlineData("[]a", "a", false)]
    public void Patterns_mean_what_ECMA_262_says(string pattern, string text, bool matches)
    {
        if (pattern.StartsWith("[]", StringComparison.Ordinal))
        {
            Assert.Throws<GrammarException>(() => Vocabularies.Compile(new RegexGrammar(pattern)));
            return;
        }

        Assert.Equal(matches, Accepts(Vocabularies.Compile(new RegexGrammar(pattern)), text));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_never_accepted()
    {
        var grammar = Vocabularies.Compile(new RegexGrammar("[^x]*"));
        foreach (var bytes in (byte[][])[[0x80], [0xC0], [0xC1], [0xF5], [0xFF], [0xE0, 0x80], [0xED, 0xA0], [0xF0, 0x80], [0xF4, 0x90], [0xC3, 0x41]])
        {
            var matcher = grammar.CreateMatcher();
            Assert.False(bytes.All(value => matcher.TryAccept(3 + value)), Convert.ToHexString(bytes));
        }

        var half = grammar.CreateMatcher();
        Assert.True(half.TryAccept(3 + 0xE6));
        Assert.False(half.IsComplete);
    }

    private static bool Accepts(CompiledGrammar grammar, string text)
    {
        var matcher = grammar.CreateMatcher();
        return Encoding.UTF8.GetBytes(text).All(value => matcher.TryAccept(3 + value)) && matcher.IsComplete;
    }
}

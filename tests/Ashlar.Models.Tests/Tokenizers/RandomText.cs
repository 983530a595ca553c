using System.Text;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Text of every script and kind: letters beyond the basic plane, emoji, marks, unusual spaces, controls.</summary>
internal static class RandomText
{
    private static readonly string[] Snippets =
    [
        " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "\u0085", "'s", "'LL", "'re", "'", "a", "B", "word", " The", "I'm",
        "12",
        "1234567", "²", "½", "Ⅷ", "!", "?!...", "/", "//\n", "$", "=", "<s>", "▁", "é", "e\u0301", "ÄÖ", "ß", "İ", "ﬁ", "ж", "Ж",
        "我", "工作", "の",
        "カ", "한국", "ក", "ា", "\u0300", "😀", "😶‍🌫️", "👍🏽", "𝒜", "𠀀", "𐐷", "𐍈", "\u200D", "\uFE0F", "\uFFFD", "\u0000",
        "\u001F", "_", "-", "——", "“", "#", "ǅ", "ʰ",
    ];

    public static IEnumerable<string> Samples(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var parts = random.Next(40); parts > 0; parts--)
            {
                if (random.Next(8) == 0) text.Append(RandomRune(random).ToString());
                else text.Append(Snippets[random.Next(Snippets.Length)]);
            }

            yield return text.ToString();
        }
    }

    private static Rune RandomRune(Random random)
    {
        while (true)
        {
            if (Rune.TryCreate(random.Next(random.Next(2) == 0 ? 0x3000 : 0x110000), out var rune)) return rune;
        }
    }
}

using System.Text;

namespace Ashlar.Training.Tests.Tokenizers;

/// <summary>Random texts that merge often: few letters, words that come again, runs of one letter, every script, raw bytes.</summary>
internal static class Corpora
{
    private static readonly string[] Words =
        ["the", "cat", "sat", "aaaa", "aaaaaaa", "abab", "don't", "12", "2026", "größer", "日本語", "😀😀", "==", "\n\n", "\t", "-- ", "Ж"];

    public static byte[][] Random(Random random, int texts)
    {
        var result = new byte[texts][];
        for (var i = 0; i < texts; i++) result[i] = Text(random);
        return result;
    }

    public static byte[] English(Random random, int words)
    {
        var text = new StringBuilder();
        for (var i = 0; i < words; i++)
        {
            text.Append("bdfgklmnprst"[random.Next(12)]).Append("aeiou"[random.Next(5)]);
            if (random.Next(3) > 0) text.Append("ndrst"[random.Next(5)]);
            text.Append(random.Next(9) == 0 ? ".\n" : " ");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Text(Random random)
    {
        var kind = random.Next(4);
        if (kind == 0)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            return bytes;
        }

        var text = new StringBuilder();
        for (var parts = random.Next(30); parts > 0; parts--)
        {
            if (kind == 1) text.Append("ab "[random.Next(3)]);
            else text.Append(Words[random.Next(Words.Length)]).Append(random.Next(3) == 0 ? "" : " ");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

using System.Diagnostics;
using System.Text;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Bench;

/// <summary>
/// Bytes per second that a tokenizer encodes on one core: prose, and texts made to be slow. Rounds of all texts alternate, so that a busy
/// machine slows them alike; the medians are printed, and each text's time per byte beside that of prose.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Bytes = 10_000_000;
    private const int Rounds = 5;

    public static void Run(string model)
    {
        using var file = GgufFile.Open(model);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        var texts = new (string Name, byte[] Text)[]
        {
            ("prose", Prose()),
            ("one letter", Repeat("a")),
            ("one long word of random letters", RandomLetters()),
            ("spaces", Repeat(" ")),
            ("line breaks", Repeat("\n")),
            ("digits", Repeat("0123456789")),
            ("emoji", Repeat("\U0001F600")),
            ("marks on one letter", Repeat("\u0301")),
            ("Chinese", Repeat("\u6211\u4eec\u5728\u8fd9\u91cc")),
        };

        var seconds = texts.Select(_ => new List<double>()).ToArray();
        var ids = new List<int>(Bytes);
        for (var round = -1; round < Rounds; round++)
        {
            for (var i = 0; i < texts.Length; i++)
            {
                ids.Clear();
                var start = Stopwatch.GetTimestamp();
                tokenizer.Encode(texts[i].Text, ids);
                if (round >= 0) seconds[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds); // the first round warms up
            }
        }

        Console.WriteLine($"{"text",-34}{"MB/s",8}{"per byte of prose",20}");
        var medians = seconds.Select(Median).ToArray();
        for (var i = 0; i < texts.Length; i++)
        {
            Console.WriteLine($"{texts[i].Name,-34}{texts[i].Text.Length / medians[i] / 1e6,8:F1}{medians[i] / texts[i].Text.Length / (medians[0] / texts[0].Text.Length),20:F2}");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static byte[] Repeat(string unit)
    {
        var bytes = Encoding.UTF8.GetBytes(unit);
        var text = new byte[Bytes / bytes.Length * bytes.Length];
        for (var i = 0; i < text.Length; i += bytes.Length) bytes.CopyTo(text, i);
        return text;
    }

    private static byte[] RandomLetters()
    {
        var random = new Random(1);
        var text = new byte[Bytes];
        for (var i = 0; i < text.Length; i++) text[i] = (byte)random.Next('a', 'z' + 1);
        return text;
    }

    // Sentences of words whose frequency falls with their rank (Zipf) and whose length grows with it, as in a language.
    private static byte[] Prose()
    {
        var random = new Random(2);
        var syllables =
            "ta re li on de ver men si co an ster th ing er al tion be pro est is a in to the of and str ea ou".Split(' ');
        var words = Enumerable.Range(0, 20_000)
            .Select(rank => string.Concat(Enumerable.Range(0, 1 + random.Next((int)Math.Log2(rank + 2) / 4 + 1))
                .Select(_ => syllables[random.Next(syllables.Length)])))
            .ToArray();
        var text = new StringBuilder(Bytes + 100);
        while (text.Length < Bytes)
        {
            var length = random.Next(4, 20);
            for (var i = 0; i < length; i++)
            {
                var word = words[(int)Math.Pow(words.Length, random.NextDouble()) - 1];
                text.Append(i == 0 ? $"{char.ToUpperInvariant(word[0])}{word[1..]}" : random.Next(40) == 0 ? $" {random.Next(2000)}" : $" {word}");
                if (i < length - 1 && random.Next(12) == 0) text.Append(',');
            }

            text.Append(random.Next(8) == 0 ? ".\n" : ". ");
        }

        return Encoding.UTF8.GetBytes(text.ToString(0, Bytes));
    }
}

using System.Text;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Time of the processor is linear in the text whatever the text is. The margins are wide: machines are noisy.</summary>
public class SpeedTests
{
    private const int Small = 100_000;
    private const int Large = 1_600_000;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var name in new[] { "llama-bpe", "deepseek-coder", "llama-spm", "bert-bge" })
            {
                foreach (var kind in new[] { "a", " ", "\n", "'", "😀", "letters", "emoji", "bytes", "▁", "\u0301" })
                {
                    cases.Add(name, kind);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sixteen_times_the_text_takes_not_much_more_than_sixteen_times_as_long(string name, string kind)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        var text = Text(kind, Large);
        Encode(tokenizer, text.AsSpan(0, Small));
        var small = Enumerable.Range(0, 3).Min(_ => Encode(tokenizer, text.AsSpan(0, Small)));
        var large = Encode(tokenizer, text);

        // Quadratic time would make it 256.
        Assert.True(large < (small * 100) + 500, $"{name}, '{kind}': {small} ms for {Small} bytes, {large} ms for {Large}");
    }

    [Fact]
    public void Unknown_expressions_too_take_linear_time()
    {
        var tokenizer = TokenizerJson.Load(
            TokenizerJson.ByteLevel(TestVectors.Metadata("gpt-2"), "(?:" + Gpt2Scanner.Pattern + ")"));
        foreach (var kind in new[] { "a", " ", "letters", "bytes" })
        {
            var text = Text(kind, Large);
            var small = Encode(tokenizer, text.AsSpan(0, Small));
            var large = Encode(tokenizer, text);
            Assert.True(large < (small * 100) + 1000, $"'{kind}': {small} ms for {Small} bytes, {large} ms for {Large}");
        }
    }

    private static double Encode(Tokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        List<int> ids = [];
        var start = ThreadTime.Now;
        tokenizer.Encode(text, ids);
        return (ThreadTime.Now - start).TotalMilliseconds;
    }

    private static byte[] Text(string kind, int length)
    {
        var random = new Random(5);
        var text = new StringBuilder();
        var bytes = new byte[length];
        switch (kind)
        {
            case "bytes":
                random.NextBytes(bytes);
                return bytes;
            case "letters":
                for (var i = 0; i < length; i++) bytes[i] = (byte)('a' + random.Next(26));
                return bytes;
            case "emoji":
                while (text.Length < length / 2) text.Append(char.ConvertFromUtf32(0x1F600 + random.Next(64)));
                break;
            default:
                text.Insert(0, kind, length / Encoding.UTF8.GetByteCount(kind) + 1);
                break;
        }

        return Encoding.UTF8.GetBytes(text.ToString()).AsSpan(0, length).ToArray();
    }
}

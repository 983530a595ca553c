using System.Text;

namespace Ashlar.Models.Tests.Tokenizers;

public class RoundTripTests
{
    private const int Seed = 20261121;

    public static TheoryData<string> ByteLevel => [.. TestVectors.ByteLevel];

    [Theory]
    [MemberData(nameof(ByteLevel))]
    public void Byte_level_vocabularies_give_random_text_back(string name)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        foreach (var text in RandomText.Samples(Seed, 400))
        {
            Assert.True(tokenizer.Decode(tokenizer.Encode(text)) == text, $"seed {Seed}, {name}: '{Escape(text)}'");
        }
    }

    // Not deepseek-coder: it has no tokens for the bytes that valid UTF-8 never has.
    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("gpt-2")]
    public void Byte_level_vocabularies_give_random_bytes_back(string name)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        var random = new Random(Seed);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            Assert.True(
                tokenizer.DecodeBytes(tokenizer.Encode(bytes)).AsSpan().SequenceEqual(bytes),
                $"seed {Seed}, {name}, {Convert.ToHexString(bytes)}");
        }
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public void Sentence_piece_vocabularies_give_random_text_back_without_its_space_marks(string name)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        foreach (var text in RandomText.Samples(Seed, 400))
        {
            var expected = text.Replace('▁', ' ');
            Assert.True(tokenizer.Decode(tokenizer.Encode(text)) == expected, $"seed {Seed}, {name}: '{Escape(text)}'");
        }
    }

    [Fact]
    public void Streaming_gives_the_same_text_as_decoding_at_once_and_never_half_a_character()
    {
        foreach (var name in new[] { "gpt-2", "llama-spm", "deepseek-coder" })
        {
            var tokenizer = TestVectors.Tokenizer(name);
            foreach (var text in RandomText.Samples(Seed + 1, 200))
            {
                var ids = tokenizer.Encode(text);
                var decoder = tokenizer.CreateDecoder();
                var streamed = new StringBuilder();
                foreach (var id in ids)
                {
                    var part = decoder.Append(id);
                    Assert.False(part.Length > 0 && char.IsHighSurrogate(part[^1]), $"seed {Seed}, {name}: half a character");
                    streamed.Append(part);
                }

                streamed.Append(decoder.Flush());
                Assert.Equal(tokenizer.Decode(ids), streamed.ToString());
            }
        }
    }

    [Fact]
    public void Streaming_replaces_bytes_that_never_become_a_character()
    {
        var tokenizer = TestVectors.Tokenizer("gpt-2");
        var decoder = tokenizer.CreateDecoder();
        var ids = tokenizer.Encode([0xF0, 0x9F, (byte)'a', 0xE2, 0x82]);
        var text = string.Concat(ids.Select(id => decoder.Append(id).ToString())) + decoder.Flush().ToString();
        Assert.Equal("\uFFFDa\uFFFD", text);
        Assert.Equal("", decoder.Flush().ToString());
    }

    [Fact]
    public void Streaming_allocates_nothing_per_token()
    {
        var tokenizer = TestVectors.Tokenizer("llama-bpe");
        var ids = tokenizer.Encode(string.Concat(RandomText.Samples(Seed, 50)));
        var decoder = tokenizer.CreateDecoder();
        foreach (var id in ids) decoder.Append(id);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var id in ids) decoder.Append(id);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task One_tokenizer_serves_many_threads()
    {
        var tokenizer = TestVectors.Tokenizer("qwen2");
        var texts = RandomText.Samples(Seed, 200).ToArray();
        var expected = texts.Select(text => tokenizer.Encode(text)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < texts.Length; i++) Assert.Equal(expected[i], tokenizer.Encode(texts[i]));
        })));
    }

    [Fact]
    public void A_space_at_the_start_is_kept_where_the_text_goes_on()
    {
        var tokenizer = TestVectors.Tokenizer("llama-spm");
        var hello = Assert.Single(tokenizer.Encode("Hello"));
        Assert.Equal("Hello", tokenizer.CreateDecoder().Append(hello).ToString());
        Assert.Equal(" Hello", tokenizer.CreateDecoder(continuesText: true).Append(hello).ToString());
        Assert.Equal("Hello Hello", tokenizer.Decode([1, hello, hello], skipSpecial: true));
    }

    private static string Escape(string text) =>
        string.Concat(text.Select(c => c is > ' ' and < (char)127 ? c.ToString() : $"\\u{(int)c:X4}"));
}

using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

public class HuggingFaceTests
{
    private const string DigitsRegex = @"\p{N}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Llama_3_as_published_agrees_with_the_vectors(bool pairs)
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        var json = TokenizerJson.ByteLevel(gguf, TokenizerJson.Llama3, ignoreMerges: true, pairs: pairs);
        Agrees("llama-bpe", TokenizerJson.Load(json));
    }

    [Fact]
    public void Qwen_2_as_published_agrees_with_the_vectors() =>
        Agrees(
            "qwen2",
            TokenizerJson.Load(TokenizerJson.ByteLevel(TestVectors.Metadata("qwen2"), TokenizerJson.Qwen2, normalizer: "NFC")));

    [Fact]
    public void Gpt_2_as_published_agrees_with_the_vectors() =>
        Agrees("gpt-2", TokenizerJson.Load(TokenizerJson.ByteLevel(TestVectors.Metadata("gpt-2"), pattern: null)));

    [Fact]
    public void Gpt_2_through_a_regular_expression_that_is_not_recognized_agrees_with_the_vectors() =>
        Agrees(
            "gpt-2",
            TokenizerJson.Load(TokenizerJson.ByteLevel(TestVectors.Metadata("gpt-2"), "(?:" + Gpt2Scanner.Pattern + ")")));

    [Fact]
    public void Llama_2_as_published_agrees_with_the_vectors()
    {
        var tokenizer = TokenizerJson.Load(TokenizerJson.Llama2(TestVectors.Metadata("llama-spm")));
        Agrees("llama-spm", tokenizer);
        Assert.Equal([1, 15043], tokenizer.Encode("Hello", addSpecial: true));
        Assert.Equal("Hello", tokenizer.Decode([15043]));
        Assert.Equal(" Hello", tokenizer.Decode([15043], continuesText: true));
    }

    [Fact]
    public void Bert_as_published_agrees_with_the_vectors()
    {
        var tokenizer = TokenizerJson.Load(TokenizerJson.Bert(TestVectors.Metadata("bert-bge")));
        Agrees("bert-bge", tokenizer);
        Assert.Equal([101, 7592, 2088, 102], tokenizer.Encode("Hello World", addSpecial: true));
        Assert.Equal("hello world!", tokenizer.Decode([7592, 2088, 999]));
    }

    [Fact]
    public void A_unigram_vocabulary_gives_the_same_ids_through_both_formats()
    {
        var gguf = TestVectors.Metadata("llama-spm");
        var other = TokenizerJson.Load(TokenizerJson.Unigram(gguf));
        var same = Tokenizer.FromGguf(
            GgufEdits.Of(gguf, ("model", "t5"), ("add_space_prefix", true), ("eos_token_id", 2), ("unknown_token_id", 0)));
        foreach (var (text, _) in TestVectors.Cases("llama-spm"))
        {
            // Before a text that begins with a space, SentencePiece puts another, and Metaspace does not.
            if (text.StartsWith(' ')) continue;
            Assert.Equal(other.Encode(text), same.Encode(text));
            Assert.Equal(text, same.Decode(same.Encode(text)));
        }
    }

    [Fact]
    public void The_stages_of_falcon_see_the_alphabet_of_bytes()
    {
        // Behind ByteLevel the byte 0xB2 is the digit "²": a Digits stage there cuts inside of a character, as it was trained.
        var json = TokenizerJson.ByteLevel(TestVectors.Metadata("gpt-2"), pattern: null)
            .Replace(
                "\"pre_tokenizer\":{", "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{", StringComparison.Ordinal)
            .Replace(",\"decoder\"", ",{\"type\":\"Digits\",\"individual_digits\":false}]},\"decoder\"", StringComparison.Ordinal)
            .Replace("}},{\"type\":\"Digits\"", "},{\"type\":\"Digits\"", StringComparison.Ordinal);
        var tokenizer = TokenizerJson.Load(json);
        var text = "a\u0432 12 b"; // U+0432 is D0 B2
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.True(tokenizer.Encode("\u0432").Length > TestVectors.Tokenizer("gpt-2").Encode("\u0432").Length);
    }

    [Fact]
    public void The_files_beside_it_say_what_begins_and_ends_a_text()
    {
        var json = TokenizerJson.ByteLevel(TestVectors.Metadata("llama-bpe"), TokenizerJson.Llama3, ignoreMerges: true);
        var tokenizer = TokenizerJson.Load(
            json,
            ("tokenizer_config.json",
                """{"bos_token":"<|begin_of_text|>","eos_token":{"content":"<|end_of_text|>"},"add_bos_token":true,"chat_template":"T"}"""),
            ("generation_config.json", """{"eos_token_id":[128001,128009]}"""));
        Assert.Equal(128000, tokenizer.BosId);
        Assert.Equal(128001, tokenizer.EosId);
        Assert.Equal(128009, tokenizer.EotId);
        Assert.True(tokenizer.IsEndOfGeneration(128009));
        Assert.False(tokenizer.IsEndOfGeneration(128000));
        Assert.Equal("T", tokenizer.ChatTemplate);
        Assert.Equal([128000, 9906], tokenizer.Encode("Hello", addSpecial: true));
    }

    [Fact]
    public void A_published_expression_is_recognized_only_whole()
    {
        Assert.NotNull(KnownPatterns.Find(DigitsRegex));
        Assert.Null(KnownPatterns.Find(DigitsRegex + "?x"));
    }

    private static void Agrees(string vectors, Tokenizer tokenizer)
    {
        foreach (var (text, ids) in TestVectors.Cases(vectors))
        {
            Assert.True(
                ids.SequenceEqual(tokenizer.Encode(text)),
                $"'{text}': {string.Join(' ', tokenizer.Encode(text))}, expected {string.Join(' ', ids)}");
        }
    }
}

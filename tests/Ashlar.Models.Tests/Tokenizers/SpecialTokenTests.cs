using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

public class SpecialTokenTests
{
    [Fact]
    public void Text_that_looks_like_a_control_token_is_text_unless_asked_otherwise()
    {
        var tokenizer = TestVectors.Tokenizer("llama-bpe");
        var end = tokenizer.FindToken("<|eot_id|>")!.Value;
        Assert.DoesNotContain(end, tokenizer.Encode("a<|eot_id|>b"));
        Assert.Equal([64, end, 65], tokenizer.Encode("a<|eot_id|>b", parseSpecial: true));
        Assert.Equal("a<|eot_id|>b", tokenizer.Decode(tokenizer.Encode("a<|eot_id|>b")));
        Assert.Equal("ab", tokenizer.Decode([64, end, 65], skipSpecial: true));
    }

    [Fact]
    public void User_defined_tokens_are_found_always()
    {
        var gguf = TestVectors.Metadata("phi-3");
        var tokenizer = TestVectors.Tokenizer("phi-3");
        var kinds = gguf.GetIntegers<int>("tokenizer.ggml.token_type");
        var tokens = gguf.GetStrings("tokenizer.ggml.tokens");
        var defined = Array.IndexOf(kinds, 4);
        Assert.True(defined >= 0);
        Assert.Contains(defined, tokenizer.Encode($"a {tokens[defined]} b"));
    }

    [Fact]
    public void A_message_of_harmony_ends_without_ending_the_generation()
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        var tokens = gguf.GetStrings("tokenizer.ggml.tokens").ToArray();
        var (message, result, call) = (128006, 128007, 128008);
        (tokens[message], tokens[result]) = ("<|end|>", "<|return|>");
        var plain = Tokenizer.FromGguf(GgufEdits.Of(gguf, ("tokens", tokens), ("eot_token_id", message)));
        Assert.True(plain.IsEndOfGeneration(message));

        tokens[call] = "<|call|>";
        var harmony = Tokenizer.FromGguf(GgufEdits.Of(gguf, ("tokens", tokens), ("eot_token_id", message)));
        Assert.False(harmony.IsEndOfGeneration(message));
        Assert.True(harmony.IsEndOfGeneration(result) && harmony.IsEndOfGeneration(call));
    }

    [Fact]
    public void Special_tokens_that_are_asked_for_are_written_by_name()
    {
        var tokenizer = TestVectors.Tokenizer("llama-bpe");
        var (seen, unseen) = (tokenizer.FindToken("<|start_header_id|>")!.Value, tokenizer.FindToken("<|eot_id|>")!.Value);
        var decoder = tokenizer.CreateDecoder(visible: [seen]);
        Assert.Equal("<|start_header_id|>", decoder.Append(seen).ToString());
        Assert.Equal("", decoder.Append(unseen).ToString());
        Assert.Equal("a", decoder.Append(64).ToString());
    }

    [Theory]
    [InlineData("llama-bpe", 128000, 128001)]
    [InlineData("gpt-2", 50256, 50256)]
    [InlineData("llama-spm", 1, 2)]
    public void Begin_and_end_are_known(string name, int bos, int eos)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        Assert.Equal(bos, tokenizer.BosId);
        Assert.Equal(eos, tokenizer.EosId);
        Assert.True(tokenizer.IsEndOfGeneration(eos));
        Assert.True(tokenizer.IsSpecial(eos));
    }

    [Fact]
    public void Llama_puts_its_begin_token_first_and_gpt_2_does_not()
    {
        Assert.Equal([128000, 9906], TestVectors.Tokenizer("llama-bpe").Encode("Hello", addSpecial: true));
        Assert.Equal([1, 15043], TestVectors.Tokenizer("llama-spm").Encode("Hello", addSpecial: true));
        Assert.Equal([15496], TestVectors.Tokenizer("gpt-2").Encode("Hello", addSpecial: true));
        Assert.Equal([101, 7592, 102], TestVectors.Tokenizer("bert-bge").Encode("Hello", addSpecial: true));
    }

    [Fact]
    public void What_the_file_says_about_begin_tokens_outranks_the_custom()
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        Assert.Empty(Tokenizer.FromGguf(GgufEdits.Of(gguf, ("add_bos_token", false))).Encode("", addSpecial: true));
        Assert.Equal(
            [128000, 128001], Tokenizer.FromGguf(GgufEdits.Of(gguf, ("add_eos_token", true))).Encode("", addSpecial: true));
    }

    [Fact]
    public void Phi_3_tokens_take_the_space_behind_them()
    {
        var tokenizer = TestVectors.Tokenizer("phi-3");
        Assert.Equal(tokenizer.Encode("<|user|>Hi", parseSpecial: true), tokenizer.Encode("<|user|> \nHi", parseSpecial: true));
    }

    [Theory]
    [InlineData("\"single_word\":true", "xtok tok tokx", 1)]
    [InlineData("\"single_word\":false", "xtok tok tokx", 3)]
    public void A_single_word_token_is_found_only_as_a_word(string flag, string text, int count)
    {
        var tokenizer = TokenizerJson.Load(SmallJson.Text.Replace("\"single_word\":false", flag, StringComparison.Ordinal));
        Assert.Equal(count, tokenizer.Encode(text).Count(id => id == 9));
    }

    [Theory]
    [InlineData("\"lstrip\":false,\"rstrip\":false", "a  tok  b", 7)]
    [InlineData("\"lstrip\":true,\"rstrip\":false", "a  tok  b", 5)]
    [InlineData("\"lstrip\":true,\"rstrip\":true", "a  tok  b", 3)]
    public void An_added_token_takes_the_space_that_it_may(string flags, string text, int count)
    {
        var tokenizer = TokenizerJson.Load(
            SmallJson.Text.Replace("\"lstrip\":false,\"rstrip\":false", flags, StringComparison.Ordinal));
        Assert.Equal(count, tokenizer.Encode(text).Length);
    }

    [Fact]
    public void A_model_without_tokenizer_and_unknown_kinds_are_named()
    {
        var gguf = TestVectors.Metadata("gpt-2");
        Assert.Contains("tokenizer.ggml.model", Error(("model", null)), StringComparison.Ordinal);
        Assert.Contains("'test'", Error(("model", "test")), StringComparison.Ordinal);
        Assert.Contains("'none'", Error(("model", "none")), StringComparison.Ordinal);
        Assert.Contains("'brand-new'", Error(("pre", "brand-new")), StringComparison.Ordinal);

        string Error((string, object?) edit) =>
            Assert.Throws<InvalidDataException>(() => Tokenizer.FromGguf(GgufEdits.Of(gguf, edit))).Message;
    }
}

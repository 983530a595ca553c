using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

public class InfillTokenTests
{
    private const int First = 128100; // of ids whose tokens nobody needs

    [Theory]
    [InlineData("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>")]
    [InlineData("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<reponame>", "<file_sep>")]
    [InlineData("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", null, null)]
    [InlineData("▁<PRE>", "▁<SUF>", "▁<MID>", null, null)]
    public void They_are_found_by_the_names_of_a_family(string prefix, string suffix, string middle, string? repository, string? file)
    {
        var infill = Named(prefix, suffix, middle, repository, file).Infill!;
        Assert.Equal((First, First + 1, First + 2), (infill.Prefix, infill.Suffix, infill.Middle));
        Assert.Equal(repository is null ? null : First + 3, infill.Repository);
        Assert.Equal(file is null ? null : First + 4, infill.File);
        Assert.Contains(First + 2, infill.Ends);
    }

    [Fact]
    public void Names_of_two_families_are_none()
    {
        Assert.Null(Named("<|fim_prefix|>", "<fim_suffix>", "<|fim_middle|>").Infill);
        Assert.Null(Named("<|fim_prefix|>", "<|fim_suffix|>").Infill);
        Assert.Null(TestVectors.Tokenizer("gpt-2").Infill);
    }

    [Fact]
    public void What_the_file_names_counts_before_names()
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        var infill = Tokenizer.FromGguf(GgufEdits.Of(
            gguf, ("fim_pre_token_id", 7), ("suffix_token_id", 8), ("fim_mid_token_id", 9), ("fim_rep_token_id", 10),
            ("fim_sep_token_id", 11), ("fim_pad_token_id", 12))).Infill!;
        Assert.Equal((7, 8, 9, 10, 11), (infill.Prefix, infill.Suffix, infill.Middle, infill.Repository, infill.File));
        Assert.Equal([7, 8, 9, 10, 11, 12], infill.Ends.Order());
    }

    [Fact]
    public void DeepSeeks_vocabulary_has_them()
    {
        var tokenizer = TestVectors.Tokenizer("deepseek-coder");
        var infill = tokenizer.Infill!;
        Assert.Equal("<｜fim▁begin｜>", tokenizer.Decode([infill.Prefix]));
        Assert.Equal("<｜fim▁hole｜>", tokenizer.Decode([infill.Suffix]));
        Assert.Equal("<｜fim▁end｜>", tokenizer.Decode([infill.Middle]));
    }

    [Fact]
    public void A_tokenizer_of_Hugging_Faces_has_them_by_name()
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        var tokens = gguf.GetStrings("tokenizer.ggml.tokens").ToArray();
        (tokens[First], tokens[First + 1], tokens[First + 2]) = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");
        var json = TokenizerJson.ByteLevel(GgufEdits.Of(gguf, ("tokens", tokens)), TokenizerJson.Llama3, ignoreMerges: true);
        Assert.Equal(First + 1, TokenizerJson.Load(json).Infill!.Suffix);
    }

    private static Tokenizer Named(params string?[] names)
    {
        var gguf = TestVectors.Metadata("llama-bpe");
        var tokens = gguf.GetStrings("tokenizer.ggml.tokens").ToArray();
        for (var i = 0; i < names.Length; i++) tokens[First + i] = names[i] ?? tokens[First + i];
        return Tokenizer.FromGguf(GgufEdits.Of(gguf, ("tokens", tokens)));
    }
}

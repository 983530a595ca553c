using Ashlar.Models.Gguf;
using Ashlar.Tensors;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Gguf;

public sealed class PublishedFilesTests
{
    [Theory]
    [InlineData("stories260k", 1)]
    [InlineData("architectures", 24)]
    [InlineData("tokenizers", 7)]
    public void Every_published_file_opens_and_all_its_tensors_can_be_read(string folder, int atLeast)
    {
        var paths = Directory.GetFiles(Conformance.Path(folder), "*.gguf");
        Assert.True(paths.Length >= atLeast, $"{paths.Length} files in {folder}");
        foreach (var path in paths)
        {
            using var file = GgufFile.Open(path);
            Assert.NotEmpty(file.Metadata.GetString("general.architecture"));
            Assert.False(file.IsBigEndian);
            foreach (var tensor in file.Tensors.Values)
            {
                Assert.Equal(tensor.ByteLength, tensor.Bytes.Length);
                Assert.Equal(tensor.ElementCount, tensor.Shape.Aggregate(1L, (product, size) => product * size));
                _ = tensor.Bytes[^1];
            }
        }
    }

    [Fact]
    public void The_story_model_has_the_shapes_and_hyper_parameters_that_it_was_published_with()
    {
        using var file = GgufFile.Open(Conformance.Path("stories260k", "stories260K.gguf"));

        Assert.Equal("llama", file.Metadata.GetString("general.architecture"));
        Assert.Equal(64, file.Metadata.GetInteger<int>("llama.embedding_length"));
        Assert.Equal([8, 8, 8, 8, 8], file.Metadata.GetInt32PerLayer("llama.attention.head_count", 5));
        Assert.Equal(512, file.Metadata.GetStrings("tokenizer.ggml.tokens").Count);
        Assert.Equal([512L, 64L], file.Tensors["token_embd.weight"].Shape);
        Assert.Equal(DType.F32, file.Tensors["token_embd.weight"].Type);
        Assert.Equal([64L], file.Tensors["output_norm.weight"].Shape);
    }

    [Fact]
    public void A_vocabulary_is_readable_as_bytes_and_as_strings_and_outlives_the_file()
    {
        var file = GgufFile.Open(Conformance.Path("tokenizers", "ggml-vocab-llama-bpe.gguf"));
        var merges = file.Metadata.GetStrings("tokenizer.ggml.merges");
        var tokens = file.Metadata.GetStrings("tokenizer.ggml.tokens");
        file.Dispose();

        Assert.Equal(280_147, merges.Count);
        Assert.Equal("Ġ Ġ", merges[0]);
        Assert.Equal(128_256, tokens.Count);
        Assert.Equal("!"u8, tokens.Utf8(0).Span);
        Assert.Equal("<|reserved_special_token_250|>", tokens[^1]);
    }
}

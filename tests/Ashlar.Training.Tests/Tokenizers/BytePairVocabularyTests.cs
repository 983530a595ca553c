using System.Text;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Training.Tokenizers;

namespace Ashlar.Training.Tests.Tokenizers;

public class BytePairVocabularyTests
{
    private const int Seed = 20261123;

    public static TheoryData<string> Families => [.. BytePairTrainer.PreTokenizers];

    [Theory]
    [MemberData(nameof(Families))]
    public void Both_files_and_the_object_in_memory_are_one_tokenizer_that_gives_everything_back(string family)
    {
        var random = new Random(Seed);
        var vocabulary = Train(family, random);
        var folder = Directory.CreateTempSubdirectory("ashlar-vocabulary-");
        try
        {
            var path = Path.Combine(folder.FullName, "vocabulary.gguf");
            vocabulary.WriteGguf(path);
            vocabulary.WriteHuggingFace(folder.FullName);
            using var file = GgufFile.Open(path);
            var gguf = Tokenizer.FromGguf(file.Metadata);
            var json = Tokenizer.FromHuggingFace(folder.FullName);
            var memory = vocabulary.ToTokenizer();
            Assert.Equal(vocabulary.Count, gguf.VocabularySize);
            Assert.Equal(("{{ messages }}", "{{ messages }}"), (gguf.ChatTemplate, json.ChatTemplate));
            Assert.Equal((vocabulary.SpecialId("<s>"), vocabulary.SpecialId("</s>")), (gguf.BosId, gguf.EosId));
            Assert.Equal((gguf.BosId, gguf.EosId, gguf.PaddingId), (json.BosId, json.EosId, json.PaddingId));
            foreach (var bytes in Corpora.Random(random, 300))
            {
                var ids = gguf.Encode(bytes);
                var shown = $"seed {Seed}, {family}, {Convert.ToHexString(bytes)}";
                Assert.True(bytes.AsSpan().SequenceEqual(gguf.DecodeBytes(ids)), shown);
                Assert.True(ids.AsSpan().SequenceEqual(json.Encode(bytes)), shown);
                Assert.True(ids.AsSpan().SequenceEqual(memory.Encode(bytes)), shown);
                Assert.Equal(gguf.Encode(bytes, addSpecial: true, parseSpecial: true), json.Encode(bytes, true, true));
            }

            Assert.Equal([vocabulary.SpecialId("<s>")!.Value, 'x'], json.Encode("x", addSpecial: true));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_token_that_was_learned_is_the_encoding_of_its_own_bytes()
    {
        var vocabulary = Train("gpt-2", new Random(Seed));
        var tokenizer = vocabulary.ToTokenizer();
        var words = 0;
        for (var id = 256; id < vocabulary.FirstSpecial; id++)
        {
            var bytes = vocabulary.TokenBytes(id);
            if (!Encoding.UTF8.GetString(bytes).All(char.IsAsciiLetter)) continue; // others may be cut when they stand alone
            Assert.Equal([id], tokenizer.Encode(bytes));
            words++;
        }

        Assert.True(words > 20);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_and_nothing_is_left_behind()
    {
        var vocabulary = Train("gpt-2", new Random(Seed));
        var folder = Directory.CreateTempSubdirectory("ashlar-vocabulary-");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "taken.gguf"));
        Assert.ThrowsAny<Exception>(() => vocabulary.WriteGguf(Path.Combine(folder.FullName, "taken.gguf")));
        Assert.Single(folder.GetFileSystemInfos());
        folder.Delete(recursive: true);
    }

    private static BytePairVocabulary Train(string family, Random random) => BytePairTrainer.Train(
        Corpora.Random(random, 200).Append(Corpora.English(random, 20_000)).Select(text => (ReadOnlyMemory<byte>)text),
        new()
        {
            VocabularySize = 600,
            PreTokenizer = family,
            Bos = "<s>",
            Eos = "</s>",
            Padding = "<pad>",
            AddsBos = true,
            ChatTemplate = "{{ messages }}",
        });
}

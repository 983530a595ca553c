using System.Text;
using Ashlar.Training.Tokenizers;

namespace Ashlar.Training.Tests.Tokenizers;

public sealed class TextFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-texts-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_one_text_and_comes_in_blocks_that_are_cut_before_a_space()
    {
        var text = Corpora.English(new Random(1), 700_000);
        var blocks = TextFiles.Read([Write("a.txt", text)]).ToArray();
        Assert.True(blocks.Length > 2);
        Assert.Equal(text, blocks.SelectMany(block => block.ToArray()));
        Assert.All(blocks[1..], block => Assert.Contains((char)block.Span[0], " \n"));
        Assert.All(blocks[..^1], block => Assert.True(char.IsAsciiLetter((char)block.Span[^1])));
    }

    [Fact]
    public void A_text_without_spaces_is_cut_between_characters()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("語", 1_000_000)));
        var blocks = TextFiles.Read([Write("a.txt", text)]).ToArray();
        Assert.Equal(text, blocks.SelectMany(block => block.ToArray()));
        Assert.All(blocks, block => Assert.Equal(0, block.Length % 3));
    }

    [Fact]
    public void Lines_of_json_give_their_texts_and_their_messages()
    {
        var long_ = new string('x', 200_000);
        var path = Write("a.jsonl", Encoding.UTF8.GetBytes(
            $$"""
            {"text": "a\nb"}

            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "é"}, {"tool_calls": []}]}
            {"text": "{{long_}}"}
            {"text": "no line end"}
            """));
        Assert.Equal(["a\nb", "q", "é", long_, "no line end"], TextFiles.Read([path]).Select(text => Encoding.UTF8.GetString(text.Span)));
    }

    [Theory]
    [InlineData("{\"text\": 1}")]
    [InlineData("{\"text\": null}")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"messages\": 3}")]
    [InlineData("{\"text\": \"a\"")]
    public void A_line_that_is_none_is_named(string line)
    {
        var path = Write("a.jsonl", Encoding.UTF8.GetBytes("{\"text\":\"fine\"}\n" + line));
        var error = Assert.Throws<InvalidDataException>(() => TextFiles.Read([path]).Count());
        Assert.Contains("a.jsonl': line 2", error.Message, StringComparison.Ordinal);
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}

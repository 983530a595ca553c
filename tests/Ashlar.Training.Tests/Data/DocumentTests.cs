using System.Text;
using System.Text.Json;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Training.Data;
using Ashlar.Training.Data.Documents;
using Ashlar.Training.Tests.Models;

namespace Ashlar.Training.Tests.Data;

public sealed class DocumentTests : IDisposable
{
    private const string Template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}"
        + "{% if m.role == 'assistant' %}<|endoftext|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

    private static readonly Tokenizer Tokenizer = Tokenizer.FromGguf(TinyModel.Tokenizer());

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Text_without_separators_is_cut_behind_paragraphs_and_nothing_is_lost()
    {
        var text = string.Concat(Enumerable.Range(0, 4000).Select(line => $"line {line}{(line % 10 == 9 ? "\n\n" : " ")}"));
        var pieces = TextDocuments.Cut(Encoding.UTF8.GetBytes(text), separator: null).ToArray();
        Assert.InRange(pieces.Length, 2, 10);
        Assert.Equal(text, string.Concat(pieces.Select(piece => Encoding.UTF8.GetString(piece.Span))));
        Assert.All(pieces, piece => Assert.EndsWith("\n\n", Encoding.UTF8.GetString(piece.Span), StringComparison.Ordinal));
    }

    [Fact]
    public void Separators_are_in_no_document_and_empty_documents_are_none() => Assert.Equal(
        ["one", "two", "three"],
        TextDocuments.Cut("one<|>two<|> <|>three<|>"u8.ToArray(), "<|>").Select(piece => Encoding.UTF8.GetString(piece.Span)));

    [Theory]
    [InlineData("{\"text\": \"a\"}\n\nnonsense", "line 3")]
    [InlineData("[1]", "line 1")]
    [InlineData("{\"text\": \"a\"}\n{\"tekst\": \"b\"}", "line 2: the object has no field 'text'; it has 'tekst'")]
    [InlineData("{\"text\": 1}", "line 1: field 'text' is Number")]
    public void A_bad_sample_is_named_by_file_and_line(string lines, string named)
    {
        var error = Assert.Throws<InvalidDataException>(() => Open(_folder.Write("bad.jsonl", lines), DataFormat.JsonLines));
        Assert.Contains("bad.jsonl' " + named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), path => path.EndsWith(".tokens", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DataFormat.Text)]
    [InlineData(DataFormat.JsonLines)]
    public void Text_that_is_no_UTF_8_is_named_by_file_and_line(DataFormat format)
    {
        var path = _folder.Write("bad.txt", [.. "good\nworse \xc3"u8, (byte)'\xff', .. "\nlast"u8]);
        var error = Assert.Throws<InvalidDataException>(() => Open(path, format));
        Assert.Contains("bad.txt' line 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"messages\": 3}", "are no array")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "nothing to learn")]
    [InlineData("{\"messages\": [{\"content\": \"a\"}]}", "'role'")]
    [InlineData("{\"conversation\": []}", "no field 'messages'")]
    public void A_bad_conversation_is_named_by_file_and_line(string line, string named)
    {
        var error = Assert.Throws<InvalidDataException>(() => Open(_folder.Write("bad.jsonl", line), DataFormat.Chat));
        Assert.Contains("bad.jsonl' line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_conversation_the_answers_are_learnt_up_to_the_token_that_ends_them()
    {
        var encoder = new ConversationEncoder(Tokenizer, ChatTemplate.Parse(Template));
        using var messages = JsonDocument.Parse("""
            [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"},
             {"role": "user", "content": "three"}, {"role": "assistant", "content": "four"}]
            """);
        var (tokens, learnt) = encoder.Encode(messages.RootElement, out var problem)!.Value;
        Assert.Null(problem);
        Assert.Equal("[user]one[assistant]two<|endoftext|>\n[user]three[assistant]four<|endoftext|>\n", Tokenizer.Decode(tokens));
        Assert.Equal("two<|endoftext|>four<|endoftext|>", Tokenizer.Decode([.. tokens.Where((_, place) => learnt![place])]));
    }

    [Fact]
    public void A_template_that_rewrites_earlier_answers_is_refused()
    {
        var encoder = new ConversationEncoder(Tokenizer, ChatTemplate.Parse(
            "{% for m in messages %}[{{ m.role }}]{{ m.content if loop.last else '-' }}{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}"));
        using var messages = JsonDocument.Parse("""
            [{"role": "assistant", "content": "two"}, {"role": "assistant", "content": "four"}]
            """);
        Assert.Null(encoder.Encode(messages.RootElement, out var problem));
        Assert.Contains("otherwise once others follow", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_are_made_once_for_the_same_files_and_anew_when_one_changes()
    {
        var path = _folder.Write("a.jsonl", "{\"text\": \"one\"}\n{\"text\": \"two\"}");
        using (var first = Open(path, DataFormat.JsonLines)) Assert.Equal(2, first.File.Documents);
        var made = Assert.Single(Directory.GetFiles(_folder.Path, "*.tokens"));
        var time = File.GetLastWriteTimeUtc(made);
        using (var again = Open(path, DataFormat.JsonLines))
        {
            var tokens = again.File.Read(1, 0, again.File.Length(1)).Tokens;
            Assert.Equal("two<|endoftext|>", Tokenizer.Decode(tokens));
        }

        Assert.Equal(time, File.GetLastWriteTimeUtc(made));
        File.AppendAllText(path, "\n{\"text\": \"three\"}");
        using var changed = Open(path, DataFormat.JsonLines);
        Assert.Equal(3, changed.File.Documents);
    }

    public void Dispose() => _folder.Dispose();

    private DataSource Open(string path, DataFormat format) => new DataPreparation(
        Tokenizer, ChatTemplate.Parse(Template), _folder.Path).Open(
        new DataDescription { Files = [path], Format = format });
}

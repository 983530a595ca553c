using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Judging;
using Ashlar.Tiny.Tools;
using Ashlar.Training.Recipes;
using Ashlar.Training.Tokenizers;

namespace Ashlar.Tiny.Tests;

public sealed class CorpusTests : IDisposable
{
    private static readonly Lazy<IReadOnlyList<Fact>> Facts = new(TinyCommands.Facts);
    private static readonly ChatDialect Dialect = ChatDialect.Of(File.ReadAllText(CorpusWriter.TemplatePath));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-tiny-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var (one, again, other) = (Write("one", 1), Write("again", 1), Write("other", 2));
        Assert.Equal(14, one.Count);
        foreach (var (name, bytes) in one)
        {
            Assert.Equal(bytes, again[name]);
            Assert.True(name.EndsWith(".jinja", StringComparison.Ordinal) || !bytes.AsSpan().SequenceEqual(other[name]), name);
        }
    }

    [Fact]
    public void Files_hold_what_they_should_and_nothing_that_is_held_out()
    {
        var files = Write("files", 3);
        var heldOut = HeldOutQuestion.All(Facts.Value, 3, 200)
            .Where(question => question.Part != "sums" && question.Talk is not { Answer: not (null or ToolTalk.NoTool) }) // small talk
            .Select(question => question.Messages[^1].Content).Where(text => text.Length > 12).ToHashSet();
        foreach (var (name, bytes) in files.Where(file => file.Key.EndsWith(".jsonl", StringComparison.Ordinal)))
        {
            var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n')[..^1];
            Assert.True(lines.Length > 20, name);
            foreach (var line in lines)
            {
                using var document = JsonDocument.Parse(line);
                if (name.StartsWith("pretrain", StringComparison.Ordinal))
                {
                    var text = document.RootElement.GetProperty("text").GetString()!;
                    Assert.DoesNotContain(text.Split('\n').Select(part => part.Split(": ", 2)[^1]), heldOut.Contains);
                    continue;
                }

                var messages = document.RootElement.GetProperty("messages").EnumerateArray().ToArray();
                Assert.Equal("assistant", messages[^1].GetProperty("role").GetString());
                Assert.DoesNotContain(
                    messages.Where(message => message.GetProperty("role").ValueEquals("user"))
                        .Select(message => message.GetProperty("content").GetString()!),
                    text => heldOut.Contains(text) && name.Contains("commands", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void The_judge_takes_the_generators_own_answers_and_refuses_others()
    {
        var questions = HeldOutQuestion.All(Facts.Value, 5, 100).ToArray();
        Assert.True(questions.Length > 1000);
        foreach (var question in questions)
        {
            Assert.True(Verdict.Of(Dialect, question, question.Expected) is { IsValid: true, IsRight: true }, $"{question}");
            Assert.False(Verdict.Of(Dialect, question, "I do not know").IsRight, $"{question}");
            Assert.False(Verdict.Of(Dialect, question, "").IsRight, $"{question}");
        }

        var report = JudgeReport.Markdown([.. questions.Select(question => Verdict.Of(Dialect, question, question.Expected))]);
        Assert.Contains("| commands | all |", report, StringComparison.Ordinal);
        Assert.DoesNotContain(" 99", report.Split("\n\n")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_conversation_fits_a_row_of_the_recipe()
    {
        var files = Write("rows", 4);
        var texts = files.Where(file => file.Key.EndsWith(".jsonl",
            StringComparison.Ordinal)).Select(file => Path.Combine(_folder.FullName, "rows", file.Key));
        var tokenizer = BytePairTrainer.Train(TextFiles.Read(texts), new BytePairOptions
        {
            VocabularySize = 3072,
            PreTokenizer = "smollm",
            SpecialTokens = ["<|im_start|>", "<|im_end|>"],
        }, cancellation: TestContext.Current.CancellationToken).ToTokenizer();
        var template = ChatTemplate.Parse(File.ReadAllText(CorpusWriter.TemplatePath));
        var length = int.Parse(Regex.Match(Recipe("instruct.yaml"), "length: ([0-9]+)").Groups[1].Value,
            CultureInfo.InvariantCulture);
        foreach (var part in new Parts(Facts.Value).All)
        {
            for (var i = 0; i < 1000; i++)
            {
                var messages = part.Talk(Draw.Of(6, part.Name, i)).Select(message =>
                    (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content });
                var text = template.Render(new JsonObject { ["messages"] = new JsonArray([.. messages]) });
                var tokens = tokenizer.Encode(text, parseSpecial: true).Length;
                Assert.True(tokens <= length, $"{part.Name} {i}: {tokens} tokens\n{text}");
            }
        }
    }

    [Theory]
    [InlineData("pretrain.yaml", 5)]
    [InlineData("instruct.yaml", 4)]
    public void The_recipes_are_read_and_name_the_files_that_are_written(string name, int sources)
    {
        var recipe = RecipeReader.Read(Path.Combine(TinyCommands.Root(), "recipes", "ashlar-tiny", name));
        var written = Write("named", 7).Keys;
        Assert.Equal(sources, recipe.Data.Count);
        foreach (var file in recipe.Data.SelectMany(source => source.Files))
        {
            Assert.Contains(Path.Combine(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileName(file)), written);
        }
    }

    private static string Recipe(string name) => File.ReadAllText(Path.Combine(TinyCommands.Root(), "recipes", "ashlar-tiny",
        name));

    private Dictionary<string, byte[]> Write(string name, ulong seed)
    {
        var folder = Path.Combine(_folder.FullName, name);
        new CorpusWriter(Facts.Value, seed).Write(folder, 60_000, 60_000, _ => { });
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes);
    }
}

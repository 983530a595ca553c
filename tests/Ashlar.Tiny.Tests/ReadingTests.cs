using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Reading;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Tests;

public class ReadingTests
{
    private const ulong Seed = 20261122;

    [Fact]
    public void Every_word_is_said_again()
    {
        for (var i = 0; i < 2000; i++)
        {
            var text = ReadingTexts.Create(Draw.Of(Seed, "reading", i));
            var words = text.Split([' ', '\n', ',', ':', '"', '{', '}', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word is not ("Read" or "List" or "Again")).ToArray();
            Assert.All(words.GroupBy(word => word), word => Assert.True(word.Count() > 1, $"'{word.Key}' in\n{text}"));
        }
    }

    [Fact]
    public void Lines_that_look_like_JSON_are()
    {
        var lines = Enumerable.Range(0, 2000).SelectMany(i => ReadingTexts.Create(Draw.Of(Seed, "reading", i)).Split('\n'))
            .Where(line => line.StartsWith('{') || line.StartsWith('[')).ToArray();
        Assert.True(lines.Length > 500);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void Few_words_come_in_two_texts()
    {
        var texts = Enumerable.Range(0, 2).Select(i => new Draw((ulong)i))
            .Select(draw => Enumerable.Range(0, 1000).Select(_ => Coined.Word(draw)).Where(word => word.Length > 5).ToHashSet())
            .ToArray();
        Assert.True(texts[0].Intersect(texts[1]).Count() < texts[0].Count / 20);
    }

    [Fact]
    public void Arguments_are_often_words_that_no_list_has_and_stand_in_the_request()
    {
        var talks = Enumerable.Range(0, 2000).Select(i => ToolTalk.Create(Draw.Of(Seed, "tools", i), heldOut: i % 2 == 0))
            .Where(talk => talk.Call is not null).ToArray();
        Assert.All(talks, talk =>
        {
            foreach (var (_, value) in (JsonObject)talk.Call!["arguments"]!)
            {
                if (value!.GetValueKind() is JsonValueKind.True or JsonValueKind.False) continue;
                Assert.Contains(value.ToString(), talk.Request, StringComparison.OrdinalIgnoreCase);
            }
        });
        var songs = talks.Where(talk => talk.Call!["arguments"]!["song"] is not null)
            .Select(talk => (string)talk.Call!["arguments"]!["song"]!).ToArray();
        Assert.InRange(songs.Distinct().Count(), songs.Length / 3, songs.Length);
    }
}

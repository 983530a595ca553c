using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Reading;
using Ashlar.Tiny.Stories;
using Ashlar.Tiny.Sums;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Corpus;

/// <summary>Makes the documents of each part.</summary>
internal sealed class Parts
{
    private readonly IReadOnlyList<Fact> _facts;
    private readonly Fact[][] _byKind;

    public Parts(IReadOnlyList<Fact> facts)
    {
        _facts = facts;
        _byKind = [.. facts.GroupBy(fact => fact.Kind).Select(group => group.ToArray())];
        All =
        [
            new("stories", 4.0, 55, 30, (draw, _) => Story.Create(draw).Text, StoryTalk),
            new("commands", 4.2, 20, 35, CommandText, CommandTalk),
            new("tools", 3.5, 13, 20, ToolText, ToolMessages),
            new("sums", 2.1, 12, 15, (draw, _) => SumTexts.Text(draw), SumTalk),
        ];
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<Part> All { get; }

    /// <summary>What a prompt with tools begins with, as the chat template writes it.</summary>
    public static string SystemText(ToolTalk talk) =>
        "Tools:\n" + string.Join('\n', talk.Tools.Select(tool => JsonText.Of(tool.ToJson())));

    /// <summary>A conversation in which tools are offered.</summary>
    public static Message[] ToMessages(ToolTalk talk)
    {
        List<Message> messages = [new("system", SystemText(talk)), Message.User(talk.Request), Message.Assistant(talk.Expected)];
        if (talk.Result is not null) messages.AddRange([new("tool", talk.Result), Message.Assistant(talk.Reply!)]);
        return [.. messages];
    }

    private static Message[] StoryTalk(Draw draw)
    {
        var story = Story.Create(draw);
        return [Message.User(StoryPrompts.Ask(story, draw, heldOut: false)), Message.Assistant(story.Text)];
    }

    private static Message[] SumTalk(Draw draw)
    {
        if (draw.Chance(4))
        {
            var (asked, said) = ToolTalk.SmallTalk(draw);
            return [Message.User(asked), Message.Assistant(said)];
        }

        List<Message> messages = [];
        for (var turns = draw.Between(1, 3); turns > 0; turns--)
        {
            var (question, answer) = SumTexts.Ask(SumTexts.Draw(draw), draw, heldOut: false);
            messages.AddRange([Message.User(question), Message.Assistant(answer)]);
        }

        return [.. messages];
    }

    private static Message[] ToolMessages(Draw draw) => ToMessages(ToolTalk.Create(draw, heldOut: false));

    // A quarter is reading alone, so that what was learned of it first is not forgotten.
    private static string ToolText(Draw draw, bool heldOut) => !heldOut && draw.Chance(25)
        ? ReadingTexts.Create(draw)
        : string.Join('\n', ToMessages(ToolTalk.Create(draw, heldOut)).Select(message => message.Role switch
        {
            "system" => message.Content,
            "user" => "User: " + message.Content,
            "tool" => "Result: " + message.Content,
            _ => "Assistant: " + message.Content,
        }));

    private Message[] CommandTalk(Draw draw)
    {
        List<Message> messages = [];
        for (var turns = draw.Chance(30) ? 2 : 1; turns > 0; turns--)
        {
            var fact = Fact(draw);
            messages.AddRange([Message.User(Questions.Trained(fact, draw)), Message.Assistant(fact.Answer)]);
        }

        return [.. messages];
    }

    private string CommandText(Draw draw, bool heldOut)
    {
        var lines = new string[draw.Between(2, 5)];
        for (var i = 0; i < lines.Length; i++)
        {
            var fact = Fact(draw);
            var question = heldOut
                ? Questions.HeldOut(fact, draw.Below(QuestionForms.Of(fact.Kind).HeldOut.Length), draw)
                : Questions.Trained(fact, draw);
            lines[i] = $"Question: {question}\nAnswer: {fact.Answer}";
        }

        return string.Join('\n', lines);
    }

    // Any fact, but now and then of a kind of which there are few.
    private Fact Fact(Draw draw) => draw.Chance(65) ? draw.Pick(_facts) : draw.Pick(draw.Pick(_byKind));
}

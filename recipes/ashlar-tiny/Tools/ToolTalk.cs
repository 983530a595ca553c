using System.Text.Json.Nodes;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Sums;

namespace Ashlar.Tiny.Tools;

/// <summary>A conversation in which tools are offered.</summary>
/// <param name="Tools">The tools.</param>
/// <param name="Request">What the user says.</param>
/// <param name="Call">The call that answers, or null where none does.</param>
/// <param name="Answer">What is said instead, where there is no call.</param>
/// <param name="Result">What the tool gives back, where the conversation goes on.</param>
/// <param name="Reply">What is said of it.</param>
internal sealed record ToolTalk(
    IReadOnlyList<OfferedTool> Tools, string Request, JsonObject? Call, string? Answer, string? Result, string? Reply)
{
    private const int FramedShare = 45; // in a hundred

    public const string NoTool = "I have no tool for that.";

    private static readonly (string Asked, string Answer)[] Talk =
    [
        ("[Hello|Hi|Hello there|Good morning|Hey][!|.]", "Hello! What can I do for you?"),
        ("[Thank you|Thanks|Thank you very much][!|.]", "You are welcome."),
        ("[Who|What] are you?", "I am ashlar-tiny, a small model that was trained by Ashlar."),
        ("What can you do?", "I tell short stories, answer questions about Ashlar, call tools and do sums."),
        ("[Goodbye|Bye|See you|Good night][!|.]", "Goodbye!"),
        ("[How are you?|Are you well?]", "I am well, thank you."),
    ];

    /// <summary>What makes a request of a deed. None gives one that is held out.</summary>
    public static IReadOnlyList<string> Frames { get; } =
    [
        "{deed}.", "{deed}.", "{deed}, please.", "Please {deed}.", "[Can|Will|Would] you {deed}?", "Could you please {deed}?",
        "I want you to {deed}.", "[I would like you|I ask you|You need|It is time|I told you] to {deed}.", "Be so kind and {deed}.",
        "I wish somebody would {deed}.", "[Hey|Now|So|Quick|Okay], {deed}[.|!]", "[Somebody must|We should|You should] {deed}.",
    ];

    /// <summary>The calls as the model writes them.</summary>
    public string? CallText => Call is null ? null : $"<tool_call>\n{JsonText.Of(Call)}\n</tool_call>";

    /// <summary>What the model should say first.</summary>
    public string Expected => CallText ?? Answer!;

    /// <summary>A random conversation.</summary>
    public static ToolTalk Create(Draw draw, bool heldOut)
    {
        var kinds = draw.Some(ToolKinds.All, draw.Between(1, 3));
        var tools = kinds.Select(kind => new OfferedTool(kind, draw)).ToArray();
        var wanted = draw.Below(tools.Length);
        switch (draw.Below(100))
        {
            case < 6:
                var (asked, answer) = draw.Pick(Talk);
                return new(tools, Phrase.Say(draw, asked), null, answer, null, null);
            case < 12:
                var sum = SumTexts.Draw(draw);
                var (question, result) = SumTexts.Ask(sum, draw, heldOut);
                return new(tools, question, null, result, null, null);
            case < 24:
                var missing = draw.Other(ToolKinds.All, kinds);
                return new(tools, Fill(missing, draw, heldOut).Request, null, NoTool, null, null);
        }

        var tool = tools[wanted];
        var (request, values, words) = Fill(tool.Kind, draw, heldOut);
        var call = tool.Call(values);
        if (heldOut || draw.Chance(60)) return new(tools, request, call, null, null, null);
        var number = ("number", FormattableString.Invariant($"{draw.Between(1, 30)}"));
        var given = tool.Kind.Result.Replace("{number}", number.Item2, StringComparison.Ordinal);
        return new(tools, request, call, null, given, Sentence(Phrase.Say(draw, tool.Kind.Reply, [.. words, number])));
    }

    /// <summary>Small talk without tools.</summary>
    public static (string Asked, string Answer) SmallTalk(Draw draw)
    {
        var (asked, answer) = draw.Pick(Talk);
        return (Phrase.Say(draw, asked), answer);
    }

    private static (string Request, JsonNode[] Values, (string, string)[] Words) Fill(ToolKind kind, Draw draw, bool heldOut)
    {
        var values = new JsonNode[kind.Parameters.Length];
        var words = new (string, string)[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (said, value) = Values.Of(kind.Parameters[i].Kind, draw);
            while (words.Take(i).Any(word => word.Item2 == said)) (said, value) = Values.Of(kind.Parameters[i].Kind, draw);

            (values[i], words[i]) = (value, (kind.Parameters[i].Slot, said));
        }

        var form = heldOut ? draw.Pick(kind.HeldOut)
            : draw.Chance(FramedShare) ? draw.Pick(Frames).Replace("{deed}", draw.Pick(kind.Deeds), StringComparison.Ordinal)
            : draw.Pick(kind.Trained);
        return (Sentence(Phrase.Say(draw, form, words)), values, words);
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

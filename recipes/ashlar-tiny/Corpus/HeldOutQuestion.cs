using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Stories;
using Ashlar.Tiny.Sums;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Corpus;

/// <summary>A question in a wording that was never trained on, and what judges its answer.</summary>
/// <param name="Part">The part that it is of.</param>
/// <param name="Kind">What is asked within the part.</param>
/// <param name="Messages">The conversation up to the answer.</param>
/// <param name="Expected">A right answer; of a story, one of many.</param>
/// <param name="Talk">The conversation with tools, where it is one.</param>
/// <param name="Sum">The sum, where it is one.</param>
internal sealed record HeldOutQuestion(
    string Part, string Kind, Message[] Messages, string Expected, ToolTalk? Talk = null, Sum? Sum = null)
{
    /// <summary>The questions: every fact in each held-out wording, and so many of the other parts.</summary>
    public static IEnumerable<HeldOutQuestion> All(IReadOnlyList<Fact> facts, ulong seed, int ofEach)
    {
        foreach (var (index, fact) in facts.Index())
        {
            for (var form = 0; form < QuestionForms.Of(fact.Kind).HeldOut.Length; form++)
            {
                var question = Questions.HeldOut(fact, form, Draw.Of(seed, "held-out questions", (index * 8) + form));
                yield return new("commands", fact.Kind, [Message.User(question)], fact.Answer);
            }
        }

        for (var i = 0; i < ofEach; i++)
        {
            var talk = ToolTalk.Create(Draw.Of(seed, "held-out tools", i), heldOut: true);
            yield return new("tools", talk.Call is null ? "none" : "call", Tiny.Corpus.Parts.ToMessages(talk)[..2], talk.Expected, talk);
        }

        for (var i = 0; i < ofEach; i++)
        {
            var draw = Draw.Of(seed, "held-out sums", i);
            var sum = SumTexts.Draw(draw);
            var (question, answer) = SumTexts.Ask(sum, draw, heldOut: true);
            yield return new("sums", sum.IsAddition ? "addition" : "subtraction", [Message.User(question)], answer, Sum: sum);
        }

        for (var i = 0; i < Math.Min(ofEach, 20); i++)
        {
            var draw = Draw.Of(seed, "held-out stories", i);
            var story = Story.Create(draw);
            yield return new("stories", "story", [Message.User(StoryPrompts.Ask(story, draw, heldOut: true))], story.Text);
        }
    }
}

using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Tests;

public class QuestionTests
{
    private const ulong Seed = 20261124;

    private static readonly Lazy<IReadOnlyList<Fact>> Facts = new(TinyCommands.Facts);

    [Fact]
    public void Every_fact_can_be_asked_for_in_many_trained_wordings_and_in_held_out_ones()
    {
        foreach (var fact in Facts.Value)
        {
            var draw = Draw.Of(Seed, fact.Kind, 0);
            var asked = Enumerable.Range(0, 100).Select(_ => Questions.Trained(fact, draw)).ToHashSet();
            Assert.True(asked.Count >= 20, $"{fact.Kind}: {asked.Count}");
            Assert.NotEmpty(QuestionForms.Of(fact.Kind).HeldOut);
            Assert.NotEqual("", fact.Answer.Trim('.', ' '));
        }
    }

    [Fact]
    public void Held_out_wordings_are_never_trained_on()
    {
        foreach (var (index, fact) in Facts.Value.Index())
        {
            var draw = Draw.Of(Seed, "asked", index);
            var forms = QuestionForms.Of(fact.Kind).HeldOut.Length;
            string[] heldOut = [.. Enumerable.Range(0, forms * 8).Select(i => Plain(Questions.HeldOut(fact, i % forms,
                draw))).Distinct()];
            for (var i = 0; i < 300; i++)
            {
                var trained = Plain(Questions.Trained(fact, draw));
                Assert.True(!heldOut.Any(trained.EndsWith), $"seed {Seed}: '{trained}' is held out");
            }
        }
    }

    [Fact]
    public void No_question_asks_for_two_facts()
    {
        Dictionary<string, string> answers = new(StringComparer.Ordinal);
        foreach (var (index, fact) in Facts.Value.Index())
        {
            var draw = Draw.Of(Seed, "twice", index);
            var forms = QuestionForms.Of(fact.Kind);
            foreach (var form in forms.Trained.Concat(forms.HeldOut))
            {
                for (var i = 0; i < 6; i++)
                {
                    var question = Plain(Questions.Ask(fact, form, draw));
                    if (answers.TryAdd(question, fact.Answer)) continue;
                    Assert.True(answers[question] == fact.Answer, $"'{question}': {answers[question]}, {fact.Answer}");
                }
            }
        }
    }

    [Fact]
    public void The_check_takes_each_answer_as_it_is_or_quoted_and_refuses_any_other()
    {
        var random = new Draw(Seed);
        foreach (var fact in Facts.Value)
        {
            Assert.True(AnswerCheck.IsRight(fact.Answer, fact.Answer));
            Assert.True(AnswerCheck.IsRight(fact.Answer, $" `{fact.Answer.TrimEnd('.')}`.\n"));
            Assert.False(AnswerCheck.IsRight(fact.Answer, ""));
            Assert.False(AnswerCheck.IsRight(fact.Answer, fact.Answer + " --more"));
            var letters = fact.Answer.ToCharArray();
            var at = random.Below(fact.Answer.TrimEnd('.', '`', '"').Length);
            letters[at] = letters[at] == 'x' ? 'y' : 'x';
            Assert.False(AnswerCheck.IsRight(fact.Answer, new string(letters)), fact.Answer);
        }
    }

    private static string Plain(string question) => question.Replace("`", "", StringComparison.Ordinal).TrimEnd('?',
        '.').ToUpperInvariant();
}

using Ashlar.Engine.Dialects;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Stories;
using Ashlar.Tiny.Sums;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Judging;

/// <summary>What became of a question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">What the model answered.</param>
/// <param name="IsValid">Whether the answer has the form that was asked for.</param>
/// <param name="IsRight">Whether it is right.</param>
internal sealed record Verdict(HeldOutQuestion Question, string Answer, bool IsValid, bool IsRight)
{
    /// <summary>Judges an answer.</summary>
    /// <param name="dialect">How the model writes calls.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="answer">The text that came.</param>
    public static Verdict Of(ChatDialect dialect, HeldOutQuestion question, string answer)
    {
        if (question.Talk is { } talk)
        {
            var (isValid, isRight) = CallCheck.Judge(dialect, talk, answer);
            return new(question, answer, isValid, isRight);
        }

        if (question.Part == "stories")
        {
            var (isStory, isConsistent) = StoryCheck.Judge(question.Messages[^1].Content, answer);
            return new(question, answer, isStory, isConsistent);
        }

        var isGood = question switch
        {
            { Sum: { } sum } => SumTexts.IsRight(sum.Result, answer),
            _ => AnswerCheck.IsRight(question.Expected, answer),
        };
        return new(question, answer, isGood, isGood);
    }
}

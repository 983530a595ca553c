using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Judging;

namespace Ashlar.Tiny.Tests;

/// <summary>
/// The model that lies in the repository, asked by the engine that answers everybody: all questions about the command line, and
/// some of the others. Another processor may answer a few otherwise.
/// </summary>
public class StoredModelTests
{
    private const int Each = 60;
    private static readonly string Model = Path.Combine(TinyCommands.Root(), "recipes", "ashlar-tiny", "ashlar-tiny.gguf");

    [Fact]
    public async Task It_answers_what_was_held_out()
    {
        using var judge = new Judge(Model);
        var questions = HeldOutQuestion.All(TinyCommands.Facts(), seed: 1, Each);
        var verdicts = await judge.AskAsync(questions, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(JudgeReport.Markdown(verdicts));
        Assert.True(Share(verdict => verdict.Question.Part == "commands", verdict => verdict.IsRight) >= 0.9);
        Assert.True(Share(verdict => verdict.Question.Kind == "call", verdict => verdict.IsValid) >= 0.95);
        Assert.True(Share(verdict => verdict.Question.Part == "stories", verdict => verdict.IsValid) >= 0.95);

        double Share(Func<Verdict, bool> asked, Func<Verdict, bool> holds) =>
            verdicts.Where(asked).Average(verdict => holds(verdict) ? 1.0 : 0.0);
    }

    [Fact]
    public void It_has_at_most_eight_mebibytes() => Assert.InRange(new FileInfo(Model).Length, 1 << 20, 8 << 20);
}

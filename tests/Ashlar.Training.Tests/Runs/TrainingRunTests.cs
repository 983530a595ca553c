using System.Xml.Linq;
using Ashlar.Models.Gguf;
using Ashlar.Training.Recipes;
using Ashlar.Training.Runs;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Models;

namespace Ashlar.Training.Tests.Runs;

public sealed class TrainingRunTests : IDisposable
{
    private const string Yaml = """
        name: tiny
        model: {width: 16, layers: 1, heads: 2, context: 32, feed_forward: 32}
        tokenizer: tokenizer.gguf
        data:
          - {files: a.txt, held_out: 0.3, separator: "\n\n"}
          - {files: b.txt, held_out: 0, separator: "\n\n", weight: 20, until: 0.7}
        batch: {rows: 2, length: 16}
        steps: 8
        evaluate: {every: 4, tokens: 64}
        checkpoint: {every: 3, keep: 2}
        output: {folder: run, type: q8_0}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<TrainingEvent> _events = [];

    public TrainingRunTests()
    {
        var writer = new GgufWriter();
        writer.Add(TinyModel.Tokenizer());
        writer.AddTensor("none", Ashlar.Tensors.DType.F32, [1], stream => stream.Write(new byte[4]));
        writer.Write(_folder.Of("tokenizer.gguf"));
        _folder.Write("a.txt", string.Concat(Enumerable.Range(0, 3000).Select(n => $"{n} is one more than {n - 1}.\n\n")));
        _folder.Write("b.txt", string.Concat(Enumerable.Range(0, 300).Select(n => $"{n} and {n}.\n\n")));
    }

    [Fact]
    public void A_run_leaves_a_model_a_log_a_plot_a_report_and_checkpoints()
    {
        Run();
        Assert.Equal(8, _events.OfType<RunStepped>().Count());
        Assert.Equal([4L, 8L], _events.OfType<RunEvaluated>().Select(told => told.Report.Step));
        Assert.True(File.Exists(_events.OfType<RunFinished>().Single().Output));
        Assert.Equal(10, File.ReadAllLines(_folder.Of("run/log.jsonl")).Length);
        Assert.Equal("svg", XDocument.Load(_folder.Of("run/loss.svg")).Root!.Name.LocalName);
        var report = File.ReadAllText(_folder.Of("run/report.md"));
        Assert.Contains("| `batch.rows` | 2 |", report, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", report, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetDirectories(_folder.Of("run/checkpoints")).Length);
    }

    [Fact]
    public void An_interrupted_run_leaves_a_checkpoint_and_goes_on_to_the_same_file()
    {
        Run("output.folder=whole");
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(resume: false, told =>
        {
            if (told is RunStepped { Report.Step: 5 }) source.Cancel();
        }, source.Token));
        Assert.True(Directory.Exists(_folder.Of("run/checkpoints/step-000000005")));
        Run(resume: true, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(_folder.Of("whole/tiny.gguf")), File.ReadAllBytes(_folder.Of("run/tiny.gguf")));
        Assert.Equal(
            Losses("whole/log.jsonl"), Losses("run/log.jsonl"));

        // A source has ended in between: six of eight steps begin before 0.7 of the run.
        Run("output.folder=lasting", "data.1.until=1", "evaluate.every=0");
        Run("output.folder=ending", "evaluate.every=0");
        var isSame = Losses("lasting/log.jsonl").Zip(Losses("ending/log.jsonl"), (a, b) => a == b).ToArray();
        Assert.Equal([true, true, true, true, true, true, false, false], isSame[..8]);
    }

    [Fact]
    public void A_run_without_anything_held_out_ends_without_an_evaluation()
    {
        Run("data.0.held_out=0");
        Assert.Empty(_events.OfType<RunEvaluated>());
        Assert.DoesNotContain("NaN", File.ReadAllText(_folder.Of("run/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_checkpoints_is_not_begun_anew_unasked()
    {
        Run();
        Assert.Contains("--resume", Assert.Throws<InvalidDataException>(() => Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_breaks_names_the_step_the_mend_and_the_last_good_checkpoint()
    {
        var error = Assert.Throws<TrainingException>(
            () => Run("optimizer={name: sgd, rate: 900, clip: 0, momentum: 0.99}", "schedule={shape: constant, warmup: 0}",
                "steps=200", "checkpoint.every=1"));
        Assert.Matches("^step [0-9]+: ", error.Message);
        Assert.Contains("checkpoints/step-0000", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimizer.rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_changed_is_noticed_when_a_run_goes_on()
    {
        Run();
        File.AppendAllText(_folder.Of("a.txt"), "more text\n\n");
        Assert.Contains("the data", Assert.Throws<InvalidDataException>(() => Run(resume: true, _ => { },
            TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Losses(string log) => File.ReadAllLines(_folder.Of(log)).Select(line =>
        line.Split(",\"seconds")[0]);

    private void Run(params string[] settings) => new TrainingRun(
        RecipeReader.Read(_folder.Write("tiny.yaml", Yaml), settings), _events.Add).Run(resume: false, default);

    private void Run(bool resume, Action<TrainingEvent> tell, CancellationToken cancellationToken) => new TrainingRun(
        RecipeReader.Read(_folder.Write("tiny.yaml", Yaml)), tell).Run(resume, cancellationToken);
}

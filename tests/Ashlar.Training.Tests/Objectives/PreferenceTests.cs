using Ashlar.Training.Data;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Models;
using Ashlar.Training.Tests.Training;

namespace Ashlar.Training.Tests.Objectives;

public sealed class PreferenceTests : IDisposable
{
    private const string Template =
        "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_loss_begins_at_log_2_and_falls_as_chosen_answers_become_likelier()
    {
        var options = TinyRun.Options(steps: 15) with { Rows = 4, Length = 48, LearningRate = 3e-3 };
        using var trainer = new Trainer(Model(), options, Open(options));
        var losses = Enumerable.Range(0, 15).Select(_ => trainer.Step().Loss).ToArray();
        Assert.Equal(Math.Log(2), losses[0], 1e-3);
        Assert.True(losses[^1] < 0.2, $"the loss is {losses[^1]}");
    }

    [Fact]
    public void Positions_bring_the_same_pairs_again()
    {
        var options = TinyRun.Options() with { Rows = 4, Length = 48 };
        using var objective = Open(options);
        objective.Fill(progress: 0);
        var position = objective.Position;
        objective.Fill(progress: 0);
        var tokens = objective.Inputs["tokens"].AsSpan<int>().ToArray();
        objective.Position = position;
        objective.Fill(progress: 0);
        Assert.Equal(tokens, objective.Inputs["tokens"].AsSpan<int>().ToArray());
    }

    [Fact]
    public void A_pair_that_is_none_is_named_and_rows_must_be_even()
    {
        var options = TinyRun.Options() with { Rows = 4, Length = 48 };
        const string Lines = "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n"
            + "{\"prompt\": \"a\", \"chosen\": \"b\"}";
        var error = Assert.Throws<InvalidDataException>(() => Open(options, Lines));
        Assert.Contains("pairs.jsonl' line 2: the object has no field 'rejected'", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 1: chosen has", Assert.Throws<InvalidDataException>(() =>
            Open(options with { Length = 5 })).Message,
            StringComparison.Ordinal);
        Assert.Contains("even", Assert.Throws<InvalidDataException>(() => Open(options with { Rows = 3 })).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static TrainedModel Model() => TrainedModel.Create(
        "m", TinyModel.Shape("llama") with { VocabularySize = 1024 }, TinyModel.Tokenizer(), Template, seed: 1);

    private Preference Open(TrainingOptions options, string? lines = null)
    {
        var path = _folder.Write("pairs.jsonl", lines ?? string.Join('\n', Enumerable.Range(0, 6).Select(
            pair => $$"""{"prompt": "q{{pair}}", "chosen": "yes", "rejected": "no"}""")));
        return new Preference(
            Model(), options, [new DataDescription { Files = [path], Format = DataFormat.Chat, HeldOut = new HeldOut(0) }], 0.5);
    }
}

using Ashlar.Training.Data;
using Ashlar.Training.Data.Documents;
using Ashlar.Training.Data.Tokens;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Schedules;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Models;

namespace Ashlar.Training.Tests.Training;

/// <summary>Everything that a run of seconds needs.</summary>
internal static class TinyRun
{
    public static TrainedModel Model(string name = "llama") => TrainedModel.Create(
        name, TinyModel.Shape(name) with { VocabularySize = 1024 }, TinyModel.Tokenizer(), chatTemplate: null, seed: 1);

    public static TrainingOptions Options(int steps = 20) => new()
    {
        Rows = 2,
        Length = 32,
        LearningRate = 1e-2,
        Schedule = new CosineSchedule(steps, Math.Min(2, steps)),
        Seed = 5,
    };

    /// <summary>Documents that count up by ones, twos or threes: what comes next can be learnt.</summary>
    /// <param name="folder">Where they are written.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="hasEarly">Whether further ones are drawn in the first half of the run.</param>
    public static NextToken Objective(TemporaryFolder folder, TrainingOptions options, bool hasEarly = false)
    {
        var (path, early) = (folder.Of("data.tokens"), folder.Of("early.tokens"));
        if (!File.Exists(path)) TokenFileWriter.Write(path, 1024, hasMask: false, Enumerable.Range(0, 60).Select(Count));
        if (!File.Exists(early)) TokenFileWriter.Write(early, 1024, hasMask: false, Enumerable.Range(60, 30).Select(Count));
        List<DataSource> sources = [new("numbers", TokenFile.Open(path), 1, new HeldOut(0.1), IsCut: true)];
        if (hasEarly) sources.Insert(0, new("early", TokenFile.Open(early), 3, new HeldOut(0), IsCut: true, Until: 0.5));
        return new NextToken(sources, options.Rows, options.Length, 3);
    }

    public static Trainer Trainer(
        TemporaryFolder folder, TrainingOptions options, TrainedModel? model = null, bool hasEarly = false) =>
        new(model ?? Model(), options, Objective(folder, options, hasEarly));

    private static Document Count(int document) =>
        new([.. Enumerable.Range(0, 40).Select(place => 256 + ((document * 7) + (place * (1 + (document % 3)))) % 64)]);
}

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
    public static NextToken Objective(TemporaryFolder folder, TrainingOptions options)
    {
        var path = folder.Of("data.tokens");
        if (!File.Exists(path)) TokenFileWriter.Write(path, 1024, hasMask: false, Enumerable.Range(0, 60).Select(Count));
        return new NextToken(
            [new DataSource("numbers", TokenFile.Open(path), 1, new HeldOut(0.1), IsCut: true)], options.Rows, options.Length, 3);
    }

    public static Trainer Trainer(TemporaryFolder folder, TrainingOptions options, TrainedModel? model = null) =>
        new(model ?? Model(), options, Objective(folder, options));

    private static Document Count(int document) =>
        new([.. Enumerable.Range(0, 40).Select(place => 256 + ((document * 7) + (place * (1 + (document % 3)))) % 64)]);
}

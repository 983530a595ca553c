using System.Globalization;
using System.Text.Json;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training;
using Ashlar.Training.Data;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Recipes;
using Ashlar.Training.Schedules;

namespace Ashlar.Cli.Training;

/// <summary>What <c>ashlar finetune</c> was told, and the recipe that it makes of it.</summary>
internal sealed record Finetuning
{
    public required string Model { get; init; }

    public required string Data { get; init; }

    /// <summary>The layers with low-rank matrices; null to train all weights.</summary>
    public IReadOnlyList<string>? Layers { get; init; }

    public required int Rank { get; init; }

    public double? Alpha { get; init; }

    public bool Merges { get; init; }

    /// <summary>How strongly answers are preferred; null to train for the next token.</summary>
    public double? Beta { get; init; }

    public required int Steps { get; init; }

    public required double Rate { get; init; }

    public required int Rows { get; init; }

    public required int Length { get; init; }

    public double HeldOut { get; init; }

    public required ulong Seed { get; init; }

    public string? Template { get; init; }

    public string? Folder { get; init; }

    public required DType Type { get; init; }

    public int Threads { get; init; }

    public Recipe ToRecipe()
    {
        if (Template is not null && !File.Exists(Template)) throw new FileNotFoundException($"there is no file '{Template}'",
            Template);
        if (!File.Exists(Data)) throw new FileNotFoundException($"there is no file '{Data}'", Data);
        var name = $"{Path.GetFileNameWithoutExtension(Model.TrimEnd('/'))}-finetuned";
        var folder = Path.GetFullPath(Folder ?? Path.Combine("runs", name));
        var isAdapter = Layers is not null && !Merges;
        return new Recipe
        {
            Name = name,
            Seed = Seed,
            Model = new RecipeModel(Model, null, null, Template is null ? null : File.ReadAllText(Template)),
            Data = [new DataDescription { Files = [Data], Format = FormatOf(Data), HeldOut = new HeldOut(HeldOut) }],
            Training = Options(),
            Preference = Beta,
            EvaluateTokens = 65_536,
            CheckpointEvery = 100,
            CheckpointsKept = 2,
            Folder = folder,
            Output = Path.Combine(folder, isAdapter ? "adapter.gguf" : "model.gguf"),
            OutputType = Type,
            Settings = Settings(),
        };
    }

    private TrainingOptions Options() => new()
    {
        Rows = Rows,
        Length = Length,
        LearningRate = Rate,
        Schedule = new CosineSchedule(Steps, Math.Min(Steps / 10, 100)),
        Optimizer = parameters => new AdamW(parameters, new WeightDecay(Layers is null ? 0.1 : 0), beta2: 0.99),
        Lora = Layers is null ? null : new LoraForm(TrainingReader.LayersOf(Layers), Rank, Alpha ?? (2 * Rank)),
        Seed = Seed,
        Threads = Threads,
    };

    private DataFormat FormatOf(string path)
    {
        var format = DataReader.FormatOf(path);
        if (Beta is not null) return DataFormat.Chat;
        if (format != DataFormat.JsonLines) return format;
        using var reader = new StreamReader(path);
        try
        {
            using var first = JsonDocument.Parse(reader.ReadLine() ?? "");
            var hasMessages = first.RootElement.ValueKind == JsonValueKind.Object
                && first.RootElement.TryGetProperty("messages", out _);
            return hasMessages ? DataFormat.Chat : format;
        }
        catch (JsonException)
        {
            return format; // whoever reads the samples says what is wrong with the line
        }
    }

    private SortedDictionary<string, string> Settings()
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["--model"] = Model,
            ["--data"] = Data,
            ["--layers"] = Layers is null ? "all weights" : string.Join(' ', Layers),
        };
        Add("--rank", Layers is null ? 0 : Rank);
        Add("--alpha", Alpha ?? (2 * Rank));
        Add("--beta", Beta ?? 0);
        Add("--steps", Steps);
        Add("--rate", Rate);
        Add("--rows", Rows);
        Add("--length", Length);
        Add("--held-out", HeldOut);
        Add("--seed", Seed);
        return settings;

        void Add(string name, double value) => settings.Add(name, value.ToString("R", CultureInfo.InvariantCulture));
    }
}

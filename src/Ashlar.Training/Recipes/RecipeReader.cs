using Ashlar.Tensors;

namespace Ashlar.Training.Recipes;

/// <summary>Reads recipes. Keys that no reader knows, and values out of their range, are errors.</summary>
public static class RecipeReader
{
    /// <summary>Reads a recipe.</summary>
    /// <param name="path">A YAML file.</param>
    /// <param name="settings">Values in place of the file's, each KEY=VALUE with full stops between the keys that lead to
    /// it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RecipeException">Something in it is wrong; the message names file, line and key.</exception>
    public static Recipe Read(string path, params IEnumerable<string> settings)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no recipe '{path}'", path);
        var yaml = RecipeText.Read(path);
        foreach (var setting in settings) RecipeOverrides.Apply(yaml, setting);
        var paths = new RecipePaths(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var recipe = new RecipeSection(path, "", yaml);
        var name = recipe.Text("name", Path.GetFileNameWithoutExtension(path))!;
        var seed = recipe.Of("seed", 1L, 0, long.MaxValue);
        var model = ModelReader.Read(recipe, paths);
        var preference = recipe.Section("preference");
        var (evaluate, checkpoint, output) =
            (recipe.Section("evaluate"), recipe.Section("checkpoint"), recipe.Section("output"));
        var folder = paths.Full(output.Text("folder", Path.Combine("runs", name))!);
        var read = new Recipe
        {
            Name = name,
            Seed = (ulong)seed,
            Model = model,
            Data = [.. recipe.Sections("data").Select(section => DataReader.Read(section, paths, arePairs: preference.IsGiven))],
            Training = TrainingReader.Read(recipe, (ulong)seed),
            Preference = preference.IsGiven ? preference.Of("beta", 0.1, 1e-4, 100) : null,
            EvaluateEvery = evaluate.Of("every", 0L, 0, long.MaxValue),
            EvaluateTokens = evaluate.Of("tokens", 65_536L, 1, long.MaxValue),
            CheckpointEvery = checkpoint.Of("every", 0L, 0, long.MaxValue),
            CheckpointsKept = checkpoint.Of("keep", 3, 1, 1000),
            Folder = folder,
            Output = Path.Combine(folder, output.Text("model", $"{name}.gguf")!),
            OutputType = output.Choice("type", DType.F32, OutputTypes),
            Settings = RecipeSettings.Of(yaml),
        };
        foreach (var section in (RecipeSection[])[preference, evaluate, checkpoint, output, recipe]) section.Close();
        if (read.Data.Count == 0) throw recipe.Wrong("data", "there is no source; give one at least");
        if (read.Data.All(source => source.Until < 1))
        {
            throw recipe.Wrong("data", "every source ends before the run does; leave 'until' of one out");
        }

        return read;
    }

    /// <summary>The types that a model can be written as, by the names that recipes have for them.</summary>
    internal static (string, DType)[] OutputTypes { get; } =
    [
        .. ((DType[])[DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q6_K, DType.Q5_K, DType.Q5_0, DType.Q4_K, DType.Q4_0])
            .Select(type => (type.ToString().ToLowerInvariant(), type)),
    ];
}

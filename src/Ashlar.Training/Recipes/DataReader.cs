using Ashlar.Training.Data;

namespace Ashlar.Training.Recipes;

/// <summary>Reads an item of <c>data</c>.</summary>
public static class DataReader
{
    internal static DataDescription Read(RecipeSection data, RecipePaths paths, bool arePairs)
    {
        string[] files = [.. data.Texts("files").Select(paths.Full)];
        if (files.Length == 0) throw data.Wrong("files", "there is no file; give one, or a list");
        var description = new DataDescription
        {
            Files = files,
            Format = data.Choice("format", FormatOf(files[0]), ("text", DataFormat.Text), ("jsonl", DataFormat.JsonLines),
                ("chat", DataFormat.Chat), ("tokens", DataFormat.Tokens)),
            Name = data.Text("name"),
            Weight = data.Of("weight", 1.0, 1e-6, 1e6),
            Until = data.Of("until", 1.0, 1e-6, 1),
            Field = data.Text("field"),
            Separator = data.Text("separator"),
            HeldOut = new HeldOut(
                data.Of("held_out", 0.01, 0, 0.99),
                data.Choice("held_out_by", HeldOutMethod.Hash, ("hash", HeldOutMethod.Hash), ("last", HeldOutMethod.Last))),
        };
        data.Close();
        if (arePairs && description.Weight != 1) throw OfPairs(data, "weight");
        if (arePairs && description.Until != 1) throw OfPairs(data, "until");
        return description;
    }

    /// <summary>What a file holds, by its ending.</summary>
    public static DataFormat FormatOf(string path) => Path.GetExtension(path) switch
    {
        ".jsonl" => DataFormat.JsonLines,
        ".tokens" => DataFormat.Tokens,
        _ => DataFormat.Text,
    };

    private static RecipeException OfPairs(RecipeSection data, string key) =>
        data.Wrong(key, "pairs for preferences are all taken alike, over the whole run; leave it out");
}

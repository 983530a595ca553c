using YamlDotNet.RepresentationModel;

namespace Ashlar.Training.Recipes;

/// <summary>
/// Values that the command line sets in place of a recipe's: <c>optimizer.rate=2e-3</c>, <c>data.0.weight=2</c>.
/// </summary>
internal static class RecipeOverrides
{
    /// <summary>Sets one.</summary>
    /// <exception cref="RecipeException">It has not the form, or leads through a value that has no keys.</exception>
    public static void Apply(YamlMappingNode recipe, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1) throw new RecipeException($"--set '{setting}': write KEY=VALUE, for instance optimizer.rate=2e-3");
        var (keys, value) = (setting[..equals].Split('.'), RecipeText.Parse($"--set {setting}", setting[(equals + 1)..]));
        YamlNode place = recipe;
        foreach (var key in keys[..^1]) place = Into(place, key, setting);
        if (place is YamlMappingNode mapping) mapping.Children[new YamlScalarNode(keys[^1])] = value;
        else if (place is YamlSequenceNode list && TryIndex(list, keys[^1], out var index)) list.Children[index] = value;
        else throw new RecipeException($"--set '{setting}': what stands before '{keys[^1]}' has no such key");
    }

    private static YamlNode Into(YamlNode place, string key, string setting)
    {
        if (place is YamlSequenceNode list && TryIndex(list, key, out var index)) return list.Children[index];
        if (place is not YamlMappingNode mapping)
        {
            throw new RecipeException($"--set '{setting}': there is no '{key}' in the recipe");
        }

        if (!mapping.Children.TryGetValue(new YamlScalarNode(key), out var inner)
            || inner is YamlScalarNode { Value: null or "" })
        {
            mapping.Children[new YamlScalarNode(key)] = inner = new YamlMappingNode();
        }

        return inner;
    }

    private static bool TryIndex(YamlSequenceNode list, string key, out int index) =>
        int.TryParse(key, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out index)
        && index < list.Children.Count;
}

using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Ashlar.Training.Recipes;

/// <summary>
/// What of a recipe decides the bits of a run, as a flat list: a run can be gone on with only where none has changed.
/// </summary>
internal static class RecipeSettings
{
    private static readonly string[] WithoutEffect = ["name", "threads", "evaluate", "checkpoint", "output"];

    public static SortedDictionary<string, string> Of(YamlMappingNode recipe)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add("", recipe);
        return settings;

        void Add(string path, YamlNode node)
        {
            switch (node)
            {
                case YamlScalarNode scalar:
                    settings[path] = scalar.Value ?? "";
                    break;
                case YamlSequenceNode list:
                    foreach (var (index, item) in list.Index())
                    {
                        Add(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item);
                    }

                    break;
                case YamlMappingNode mapping:
                    foreach (var (key, value) in mapping)
                    {
                        var name = key.ToString();
                        if (path.Length > 0 || !WithoutEffect.Contains(name)) Add(path.Length == 0 ? name : $"{path}.{name}",
                            value);
                    }

                    break;
            }
        }
    }
}

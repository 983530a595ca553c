using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Ashlar.Training.Recipes;

/// <summary>Reads YAML of bounded size and depth.</summary>
internal static class RecipeText
{
    private const int MostBytes = 1 << 20, MostDepth = 16;

    /// <summary>The mapping that a file holds.</summary>
    /// <exception cref="RecipeException">It is no YAML, or no mapping of keys.</exception>
    public static YamlMappingNode Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new RecipeException($"'{path}' has more than {MostBytes >> 10} KiB; it is no recipe");
        }

        return Parse(path, File.ReadAllText(path)) as YamlMappingNode
            ?? throw new RecipeException($"'{path}' line 1: a recipe is a list of keys with values; see 'ashlar train --help'");
    }

    /// <summary>The node that a text is.</summary>
    /// <param name="source">Where it came from, for errors.</param>
    /// <param name="text">YAML.</param>
    public static YamlNode Parse(string source, string text)
    {
        try
        {
            CheckDepth(source, text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? new YamlScalarNode("") : stream.Documents[0].RootNode;
        }
        catch (YamlException error)
        {
            throw new RecipeException($"'{source}' line {error.Start.Line}: the text is no YAML: {error.Message}", error);
        }
    }

    // The reader of nodes calls itself for each level.
    private static void CheckDepth(string source, string text)
    {
        var (parser, depth) = (new Parser(new StringReader(text)), 0);
        while (parser.MoveNext())
        {
            depth += parser.Current is MappingStart or SequenceStart ? 1 : parser.Current is MappingEnd or SequenceEnd ? -1 : 0;
            if (depth > MostDepth)
            {
                throw new RecipeException($"'{source}' line {parser.Current!.Start.Line}: keys lie {MostDepth} levels deep; "
                    + "a recipe needs three");
            }
        }
    }
}

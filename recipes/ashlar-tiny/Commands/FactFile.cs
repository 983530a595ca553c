using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Commands;

/// <summary>
/// Facts as lines of JSON. The texts are made of those in <c>facts.jsonl</c>, which say what was true of the program when the
/// model was made: so the texts stay the same when the program changes, until somebody gathers the facts anew.
/// </summary>
internal static class FactFile
{
    /// <summary>A fact as a line.</summary>
    public static string Line(Fact fact)
    {
        var words = new JsonObject(fact.Words.Select(word => KeyValuePair.Create(word.Name, (JsonNode?)word.Value)));
        return new JsonObject { ["kind"] = fact.Kind, ["words"] = words, ["answer"] = fact.Answer }.ToJsonString(JsonText.Plain);
    }

    /// <summary>The facts of a file.</summary>
    /// <exception cref="InvalidDataException">A line is no fact; the message names it.</exception>
    public static IReadOnlyList<Fact> Read(string path) => [.. File.ReadLines(path).Select((line, i) => Fact(line)
        ?? throw new InvalidDataException($"{path}, line {i + 1}: that is no fact; make the file anew with 'facts'"))];

    private static Fact? Fact(string line)
    {
        try
        {
            var fact = JsonNode.Parse(line)!;
            var words = fact["words"]!.AsObject().Select(word => (word.Key, (string)word.Value!));
            return new((string)fact["kind"]!, [.. words], (string)fact["answer"]!);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            return null;
        }
    }
}

using System.Text.Json.Nodes;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Reading;

/// <summary>
/// Texts whose second half stands in the first: lists and objects of words that mean nothing, said again, or looked up. Nothing
/// but reading helps to guess them, so a model that sees them first learns to read before it learns to remember.
/// </summary>
internal static class ReadingTexts
{
    /// <summary>A text.</summary>
    public static string Create(Draw draw) => draw.Below(10) switch
    {
        < 4 => List(draw),
        < 7 => Again(draw),
        < 9 => LookedUp(draw),
        _ => Quoted(draw),
    };

    private static string List(Draw draw)
    {
        var words = Distinct(draw, 3, 16);
        var list = string.Join(draw.Pick([" ", ", ", "\n"]), words);
        return Phrase.Say(draw, "[Read: |List: |]") + list + Phrase.Say(draw, "[\nAgain: |\n|\n\n]") + list;
    }

    private static string Again(Draw draw)
    {
        var lines = Enumerable.Range(0, draw.Between(1, 3)).Select(_ => JsonText.Of(Object(draw))).ToArray();
        var text = string.Join('\n', lines);
        return $"{text}\n{Phrase.Say(draw, "[Again:\n|]")}{text}";
    }

    private static string LookedUp(Draw draw)
    {
        var members = Object(draw).ToArray();
        var text = JsonText.Of(new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))));
        draw.Shuffle(members);
        return text + string.Concat(members.Select(member => $"\n{member.Key}: {Said(member.Value!)}"));
    }

    private static string Quoted(Draw draw)
    {
        var words = Distinct(draw, 2, 10);
        var list = string.Join(", ", words);
        var quoted = JsonText.Of(new JsonArray([.. words.Select(word => (JsonNode)word)]));
        return draw.Chance(50) ? $"{list}\n{quoted}" : $"{quoted}\n{list}";
    }

    private static JsonObject Object(Draw draw) => new(Distinct(draw, 1, 5).Select(name => KeyValuePair.Create(name, (JsonNode?)(
        draw.Below(6) switch
        {
            0 => draw.Between(0, 999),
            1 => draw.Chance(50),
            2 => Coined.Names(draw, 1, 2),
            _ => Coined.Words(draw, 1, 3),
        }))));

    private static string Said(JsonNode value) => value is JsonValue text && text.TryGetValue<string>(out var said) ? said : JsonText.Of(value);

    // Mostly coined, and some that are known.
    private static string[] Distinct(Draw draw, int least, int most) =>
        [.. Enumerable.Range(0, draw.Between(least, most)).Select(_ => draw.Below(10) switch
        {
            0 => Coined.Name(draw),
            1 => FormattableString.Invariant($"{draw.Below(1000)}"),
            2 => Values.Word(draw),
            _ => Coined.Word(draw),
        }).Distinct(StringComparer.Ordinal)];
}

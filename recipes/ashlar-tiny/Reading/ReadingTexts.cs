using System.Text.Json.Nodes;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Reading;

/// <summary>
/// Texts whose second half stands in the first: lists and objects of words, half of them coined, said again or looked up.
/// Nothing but reading helps to guess them, so a model that sees them first learns to read before it learns to remember.
/// </summary>
internal static class ReadingTexts
{
    /// <summary>A text.</summary>
    public static string Create(Draw draw) => draw.Below(20) switch
    {
        < 12 => List(draw),
        < 18 => Objects(draw),
        18 => LookedUp(draw),
        _ => Quoted(draw),
    };

    private static string List(Draw draw)
    {
        var list = string.Join(draw.Pick([" ", " ", ", ", "\n"]), Distinct(draw, 3, 10));
        return Again(draw, Phrase.Say(draw, "[Read: |]") + list, "[\nAgain: |\n|\n\n]" + list);
    }

    private static string Objects(Draw draw)
    {
        var text = string.Join('\n', Enumerable.Range(0, draw.Pick([1, 1, 2])).Select(_ => JsonText.Of(Object(draw))));
        return text + string.Concat(Enumerable.Repeat($"\n{text}", draw.Between(1, 2)));
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
        var words = Distinct(draw, 2, 6);
        var list = string.Join(", ", words);
        var quoted = JsonText.Of(new JsonArray([.. words.Select(word => (JsonNode)word)]));
        return draw.Chance(50) ? $"{list}\n{quoted}" : $"{quoted}\n{list}";
    }

    private static string Again(Draw draw, string first, string again)
    {
        for (var times = draw.Between(1, 2); times > 0; times--) first += Phrase.Say(draw, again);
        return first;
    }

    private static JsonObject Object(Draw draw) => new(Distinct(draw, 1, 3).Select(name => KeyValuePair.Create(name, (JsonNode?)(
        draw.Below(8) switch
        {
            0 => draw.Between(0, 999),
            1 => draw.Chance(50),
            2 => Coined.Names(draw, 1, 2),
            3 => $"{Word(draw)} {Word(draw)}",
            _ => Word(draw),
        }))));

    private static string Said(JsonNode value) =>
        value is JsonValue text && text.TryGetValue<string>(out var said) ? said : JsonText.Of(value);

    private static string[] Distinct(Draw draw, int least, int most) =>
        [.. Enumerable.Range(0, draw.Between(least, most)).Select(_ => Word(draw)).Distinct(StringComparer.Ordinal)];

    // Half are known: a word of one token shows most plainly that what followed it follows it again.
    private static string Word(Draw draw) => draw.Below(20) switch
    {
        0 => Coined.Name(draw),
        1 => FormattableString.Invariant($"{draw.Below(1000)}"),
        < 11 => Values.Word(draw),
        _ => Coined.Word(draw),
    };
}

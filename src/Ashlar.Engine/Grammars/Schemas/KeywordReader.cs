using System.Globalization;
using System.Text.Json;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>Reads the values of a schema's keywords, and says where one is of the wrong kind.</summary>
internal readonly struct KeywordReader(SchemaDocument document, JsonElement schema, string pointer)
{
    public string Pointer => pointer;

    public bool Has(string keyword) => schema.TryGetProperty(keyword, out _);

    public JsonElement? Find(string keyword) => schema.TryGetProperty(keyword, out var value) ? value : null;

    public string PointerTo(string keyword) => $"{pointer}/{SchemaDocument.Escape(keyword)}";

    public GrammarException Error(string keyword, string problem) => document.Error(PointerTo(keyword), problem);

    public Goal? GoalOf(string keyword) => Find(keyword) is { } value ? document.GoalOf(value, PointerTo(keyword)) : null;

    public string? Text(string keyword) => Find(keyword) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? TextOf(value, keyword) : throw Error(keyword, "must be a string");

    public bool Flag(string keyword) => Find(keyword) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Error(keyword, "must be true or false"));

    /// <summary>A whole number, 0 or more.</summary>
    public long? Count(string keyword)
    {
        if (Find(keyword) is not { } value) return null;
        var number = value.ValueKind == JsonValueKind.Number ? Decimals.Parse(value.GetRawText()) : null;
        if (number is { IsNegative: false, Fraction: "" })
        {
            return number.Whole.Length > 15 ? long.MaxValue / 4 : long.Parse(number.Whole, CultureInfo.InvariantCulture);
        }

        throw Error(keyword, "must be a whole number, 0 or more");
    }

    public DecimalNumber? Number(string keyword)
    {
        if (Find(keyword) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number) throw Error(keyword, "must be a number");
        return Decimals.Parse(value.GetRawText()) ?? throw Error(keyword, "has too many digits");
    }

    /// <summary>The schemas of a list, with their pointers.</summary>
    public IReadOnlyList<(Goal Goal, string Pointer)>? Goals(string keyword)
    {
        if (Find(keyword) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Error(keyword, "must be a list of schemas");
        List<(Goal, string)> goals = [];
        foreach (var item in value.EnumerateArray())
        {
            var place = FormattableString.Invariant($"{PointerTo(keyword)}/{goals.Count}");
            goals.Add((document.GoalOf(item, place), place));
        }

        return goals;
    }

    /// <summary>The members of an object of schemas.</summary>
    public IEnumerable<(string Name, Goal Goal, string Pointer)> Members(string keyword)
    {
        foreach (var (name, value, place) in Entries(keyword)) yield return (name, document.GoalOf(value, place), place);
    }

    public List<(string Name, JsonElement Value, string Pointer)> Entries(string keyword)
    {
        if (Find(keyword) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Object) throw Error(keyword, "must be an object");
        List<(string, JsonElement, string)> entries = [];
        foreach (var member in value.EnumerateObject())
        {
            entries.Add((member.Name, member.Value, $"{PointerTo(keyword)}/{SchemaDocument.Escape(member.Name)}"));
        }

        return entries;
    }

    /// <summary>A list of names.</summary>
    public List<string> Names(string keyword) => Find(keyword) is { } value ? NamesIn(value, keyword) : [];

    public List<string> NamesIn(JsonElement value, string keyword)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Error(keyword, "must be a list of names");
        List<string> names = [];
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) throw Error(keyword, "must hold names only");
            names.Add(TextOf(item, keyword));
        }

        return names;
    }

    private string TextOf(JsonElement value, string keyword)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error(keyword, "holds half a surrogate pair, which is no character");
        }
    }
}

using System.Text.Json;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Json;

/// <summary>
/// An object of a request, read field by field with each one's type and range; what is left unread in the end is an error. A
/// field that is null counts as absent, as OpenAI's clients write it.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="path">What leads to it from the request's root: nothing, or a path such as <c>messages[0]</c>.</param>
internal sealed class RequestFields(JsonElement json, string path = "")
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>The path of a field, as an error's <c>param</c> names it.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The value of a field, or null where it is absent or null.</summary>
    public JsonElement? Take(string name)
    {
        _read.Add(name);
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>The value of a field that must have this kind.</summary>
    public JsonElement? Take(string name, JsonValueKind kind, string expected)
    {
        var value = Take(name);
        if (value is { } found && found.ValueKind != kind) throw FieldErrors.WrongType(PathOf(name), found.Describe(), expected);
        return value;
    }

    /// <summary>An object.</summary>
    public JsonElement? Object(string name, string expected) => Take(name, JsonValueKind.Object, expected);

    /// <summary>An array.</summary>
    public JsonElement? Array(string name, string expected) => Take(name, JsonValueKind.Array, expected);

    /// <summary>The fields that nobody has read.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Unread() =>
        from property in json.EnumerateObject() where !_read.Contains(property.Name) select (property.Name, property.Value);

    /// <exception cref="ApiException">There is a field that nobody has read.</exception>
    public void RefuseUnread()
    {
        foreach (var (name, _) in Unread()) throw FieldErrors.Unknown(PathOf(name));
    }

    /// <summary>A string.</summary>
    public string? Text(string name) => Take(name, JsonValueKind.String, "a string")?.GetString();

    /// <summary>True or false.</summary>
    public bool? Boolean(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw FieldErrors.WrongType(PathOf(name), value.Describe(), "true or false"),
    };

    /// <summary>A whole number within a range.</summary>
    public long? Integer(string name, long least, long most) =>
        Take(name) is { } value ? JsonNumbers.Integer(value, PathOf(name), least, most) : null;

    /// <summary>A whole number within a range of 32 bits.</summary>
    public int? Integer(string name, int least, int most) => (int?)Integer(name, (long)least, most);

    /// <summary>A number within a range, in the engine's own precision.</summary>
    /// <param name="name">The field.</param>
    /// <param name="least">The least value, or with <paramref name="isOpen"/> what it must exceed.</param>
    /// <param name="most">The greatest value.</param>
    /// <param name="isOpen">Whether the least value itself is out of range.</param>
    public float? Number(string name, float least, float most, bool isOpen = false) =>
        Take(name) is { } value ? JsonNumbers.Number(value, PathOf(name), least, most, isOpen) : null;

    /// <summary>One of several words.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        var text = Text(name);
        if (text is null || words.Contains(text)) return text;
        throw FieldErrors.WrongValue(PathOf(name), Take(name)!.Value.Quote(), $"one of {string.Join(", ", words!)}");
    }
}

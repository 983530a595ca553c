using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>
/// Options that <see cref="ChatOptions"/> has no property for, read from its additional properties by the names that vLLM's API
/// gives them. Values may be .NET's or JSON's.
/// </summary>
internal sealed class AdditionalOptions(AdditionalPropertiesDictionary? properties)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public float? Number(string name) => Read<float>(name, "a number");

    public int? Integer(string name) => Read<int>(name, "a whole number");

    public bool? Boolean(string name) => Read<bool>(name, "true or false");

    public JsonObject? Object(string name) => Read(name) switch
    {
        null => null,
        JsonObject value => value,
        _ => throw WrongType(name, "an object"),
    };

    public Dictionary<int, float>? TokenNumbers(string name)
    {
        const string Expected = "an object of token ids and numbers";
        var numbers = new Dictionary<int, float>();
        foreach (var (token, value) in Object(name) ?? [])
        {
            if (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !TryGet<float>(value, out var number))
            {
                throw WrongType(name, Expected);
            }

            if (!numbers.TryAdd(id, number))
            {
                throw new ArgumentException($"the additional property '{name}' names token {id} twice");
            }
        }

        return numbers.Count == 0 ? null : numbers;
    }

    /// <exception cref="NotSupportedException">There is a property that nobody has read.</exception>
    public void RefuseRest()
    {
        foreach (var name in properties?.Keys ?? Enumerable.Empty<string>())
        {
            if (!_read.Contains(name))
            {
                var known = string.Join(", ", _read.Order(StringComparer.Ordinal));
                throw new NotSupportedException($"this client does not know the additional property '{name}'; it knows {known}");
            }
        }
    }

    private T? Read<T>(string name, string expected)
        where T : struct
    {
        if (Read(name) is not { } value) return null;
        return TryGet<T>(value, out var result) ? result : throw WrongType(name, expected);
    }

    private JsonNode? Read(string name)
    {
        _read.Add(name);
        if (properties is null || !properties.TryGetValue(name, out var value)) return null;
        try
        {
            return JsonSerializer.SerializeToNode(value);
        }
        catch (Exception error) when (error is ArgumentException or JsonException or NotSupportedException)
        {
            throw new ArgumentException($"the additional property '{name}' cannot be read: {error.Message}", error);
        }
    }

    private static bool TryGet<T>(JsonNode? node, out T value)
        where T : struct
    {
        value = default;
        try
        {
            if (node is not JsonValue) return false;
            value = node.Deserialize<T>();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ArgumentException WrongType(string name, string expected) =>
        new($"the additional property '{name}' must be {expected}");
}

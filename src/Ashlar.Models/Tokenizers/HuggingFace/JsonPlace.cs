using System.Text;
using System.Text.Json;

namespace Ashlar.Models.Tokenizers;

/// <summary>A value of a JSON file and the way to it, so that an error can name the place.</summary>
internal readonly struct JsonPlace(JsonElement element, string file, string path)
{
    public JsonValueKind Kind => element.ValueKind;

    private bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>Reads a file whole; its size is bounded by <paramref name="mostBytes"/>.</summary>
    public static JsonPlace Read(string path, long mostBytes)
    {
        var name = System.IO.Path.GetFileName(path);
        var length = new FileInfo(path).Length;
        if (length > mostBytes)
        {
            throw new InvalidDataException($"{name}: {length} bytes, where up to {mostBytes} are read; is it the right file?");
        }

        return Parse(name, File.ReadAllBytes(path));
    }

    /// <summary>Reads what a file holds. Depth is bounded by the parser (64).</summary>
    public static JsonPlace Parse(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new JsonPlace(document.RootElement.Clone(), name, "$");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name}: not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>A member that must be there.</summary>
    public JsonPlace this[string name] => TryGet(name, out var value) ? value : throw Error($"has no '{name}'");

    /// <summary>A member that may be absent or null.</summary>
    public bool TryGet(string name, out JsonPlace value)
    {
        value = default;
        if (!IsObject) throw Error($"is {Describe()}, where an object is wanted");
        if (!element.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null) return false;
        value = new JsonPlace(member, file, $"{path}.{name}");
        return true;
    }

    /// <summary>This value as a string.</summary>
    public string Text()
    {
        if (element.ValueKind != JsonValueKind.String) throw Error($"is {Describe()}, where a string is wanted");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("is a string with half of a surrogate pair");
        }
    }

    /// <summary>This value as UTF-8 of at most <paramref name="most"/> bytes.</summary>
    public byte[] Utf8(int most)
    {
        var bytes = Encoding.UTF8.GetBytes(Text());
        return bytes.Length <= most ? bytes : throw Error($"has {bytes.Length} bytes, where up to {most} are read");
    }

    /// <summary>A string member, or null where it is absent.</summary>
    public string? Text(string name) => TryGet(name, out var value) ? value.Text() : null;

    /// <summary>A truth value, or the fallback where it is absent.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (!TryGet(name, out var value)) return fallback;
        return value.Kind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw value.Error($"is {value.Describe()}, where true or false is wanted"),
        };
    }

    /// <summary>This value as an integer from 0 to <paramref name="most"/>.</summary>
    public int Integer(int most) => Kind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= 0
        && value <= most
        ? (int)value
        : throw Error($"is {Describe()}, where an integer from 0 to {most} is wanted");

    /// <summary>This value as a finite number.</summary>
    public double Number() => Kind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value)
        ? value
        : throw Error($"is {Describe()}, where a number is wanted");

    /// <summary>How many elements an array or members an object has.</summary>
    public int Count => Kind switch
    {
        JsonValueKind.Array => element.GetArrayLength(),
        JsonValueKind.Object => element.GetPropertyCount(),
        _ => throw Error($"is {Describe()}, where a list is wanted"),
    };

    /// <summary>The elements of an array.</summary>
    public IEnumerable<JsonPlace> Items()
    {
        if (Kind != JsonValueKind.Array) throw Error($"is {Describe()}, where an array is wanted");
        return Elements(element, file, path);
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        if (!IsObject) throw Error($"is {Describe()}, where an object is wanted");
        return Properties(element, file, path);
    }

    /// <summary>The <c>type</c> by which a part of tokenizer.json says what it is.</summary>
    public string Type() => this["type"].Text();

    /// <summary>An error that names this place.</summary>
    public InvalidDataException Error(string problem) =>
        new($"{file}: {Printable.Name(path)} {problem}; get the file again, or one that this version reads");

    /// <summary>An error for something that is not supported.</summary>
    public InvalidDataException Unsupported(string what) => Error($"asks for {what}, which is not supported");

    /// <summary>Throws unless a value is absent, null, false, zero or empty: what has no effect needs no support.</summary>
    public void RefuseUnlessEmpty(string name)
    {
        if (!TryGet(name, out var value)) return;
        var idle = value.Kind switch
        {
            JsonValueKind.False => true,
            JsonValueKind.String => value.Text().Length == 0,
            JsonValueKind.Number => value.Number() == 0,
            _ => false,
        };
        if (!idle) throw value.Unsupported($"a {name} other than none");
    }

    private static IEnumerable<JsonPlace> Elements(JsonElement array, string file, string path)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray()) yield return new JsonPlace(item, file, $"{path}[{index++}]");
    }

    private static IEnumerable<(string Name, JsonPlace Value)> Properties(JsonElement parent, string file, string path)
    {
        foreach (var property in parent.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                throw new InvalidDataException($"{file}: {path} has a name with half of a surrogate pair; get the file again");
            }

            yield return (name, new JsonPlace(property.Value, file, $"{path}['{name}']"));
        }
    }

    private string Describe()
    {
        if (Kind is JsonValueKind.Undefined) return "nothing";
        return Printable.Name(element.GetRawText());
    }
}

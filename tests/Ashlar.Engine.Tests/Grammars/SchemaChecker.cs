using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>
/// Says whether a document satisfies a schema, straight from the words of draft 2020-12: value by value, keyword by keyword,
/// with .NET's regular expressions and exact fractions. It shares nothing with the compiler.
/// </summary>
internal sealed class SchemaChecker(JsonElement root)
{
    public bool IsValid(JsonElement value) => IsValid(root, value, 0);

    private bool IsValid(JsonElement schema, JsonElement value, int depth)
    {
        Assert.True(depth < 200, "the checker is lost in references");
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return schema.GetBoolean();
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Holds(schema, keyword.Name, keyword.Value, value, depth + 1)) return false;
        }

        return true;
    }

    private bool Holds(JsonElement schema, string keyword, JsonElement argument, JsonElement value, int depth) => keyword switch
    {
        "type" => argument.ValueKind == JsonValueKind.Array ? argument.EnumerateArray().Any(type => IsType(type, value)) : IsType(argument, value)
            || (value.ValueKind == JsonValueKind.Null && schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean()),
        "const" => AreEqual(argument, value),
        "enum" => argument.EnumerateArray().Any(option => AreEqual(option, value)),
        "$ref" => IsValid(Resolve(argument.GetString()!), value, depth),
        "allOf" => argument.EnumerateArray().All(option => IsValid(option, value, depth)),
        "anyOf" => argument.EnumerateArray().Any(option => IsValid(option, value, depth)),
        "oneOf" => argument.EnumerateArray().Count(option => IsValid(option, value, depth)) == 1,
        "not" => !IsValid(argument, value, depth),
        "if" => !schema.TryGetProperty(IsValid(argument, value, depth) ? "then" : "else", out var branch) || IsValid(branch, value, depth),
        _ => value.ValueKind switch
        {
            JsonValueKind.Number => HoldsNumber(keyword, argument, Fraction(value)),
            JsonValueKind.String => HoldsString(keyword, argument, value.GetString()!),
            JsonValueKind.Array => HoldsArray(schema, keyword, argument, [.. value.EnumerateArray()], depth),
            JsonValueKind.Object => HoldsObject(schema, keyword, argument, value, depth),
            _ => true,
        },
    };

    private static bool HoldsNumber(string keyword, JsonElement argument, (BigInteger Number, int Places) value) => keyword switch
    {
        "minimum" => Compare(value, Fraction(argument)) >= 0,
        "maximum" => Compare(value, Fraction(argument)) <= 0,
        "exclusiveMinimum" => Compare(value, Fraction(argument)) > 0,
        "exclusiveMaximum" => Compare(value, Fraction(argument)) < 0,
        "multipleOf" => Scaled(value, Fraction(argument)) is var (left, right) && left % right == 0,
        _ => true,
    };

    private static bool HoldsString(string keyword, JsonElement argument, string value) => keyword switch
    {
        "minLength" => value.EnumerateRunes().Count() >= argument.GetInt64(),
        "maxLength" => value.EnumerateRunes().Count() <= argument.GetInt64(),
        "pattern" => Matches(argument.GetString()!, value),
        "format" => HasFormat(argument.GetString()!, value),
        _ => true,
    };

    // .NET matches halves of surrogate pairs; so a character beyond 16 bits is shown as one of its kind within.
    private static string Short(string value) => string.Concat(value.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString()
        : Rune.GetUnicodeCategory(rune) switch { UnicodeCategory.UppercaseLetter => "Ā", UnicodeCategory.LowercaseLetter => "ā", _ => "\uE000" }));

    private static bool Matches(string pattern, string value) => Regex.IsMatch(
        Short(value), pattern.Replace("$", @"\z", StringComparison.Ordinal).Replace(@"\d", "[0-9]", StringComparison.Ordinal)
            .Replace(@"\w", "[A-Za-z0-9_]", StringComparison.Ordinal), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    private static bool HasFormat(string format, string value) => format switch
    {
        "date" => DateOnly.TryParseExact(value.Replace("0000-", "0004-", StringComparison.Ordinal), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => value.Length > 19 && value[10] == 'T' && HasFormat("date", value[..10]) && HasFormat("time", value[11..]),
        "time" => Regex.IsMatch(value, @"\A([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)\z"),
        "duration" => Regex.IsMatch(value, @"\AP(?!\z)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?!\z)(\d+H)?(\d+M)?(\d+S)?)?)\z"),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "ipv4" => value.Count(character => character == '.') == 3 && IPAddress.TryParse(value, out var four) && four.ToString() == value,
        "ipv6" => value.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(value, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6,
        "email" => value.Count(character => character == '@') == 1 && value.Split('@') is [{ Length: > 0 } user, var host]
            && !user.StartsWith('.') && !user.EndsWith('.') && HasFormat("hostname", host),
        "hostname" => value.Split('.').All(label => Regex.IsMatch(label, @"\A[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z")),
        "uri" => Regex.IsMatch(value, @"\A[A-Za-z][A-Za-z0-9+.-]*:[!#$&-;=?-Z_a-z~%\[\]]*\z"),
        "json-pointer" => value.Length == 0 || (value[0] == '/' && !Regex.IsMatch(value, "~(?![01])")),
        _ => true,
    };

    private bool HoldsArray(JsonElement schema, string keyword, JsonElement argument, JsonElement[] items, int depth)
    {
        var prefix = schema.TryGetProperty("prefixItems", out var first) ? first.GetArrayLength() : 0;
        switch (keyword)
        {
            case "minItems":
                return items.Length >= argument.GetInt64();
            case "maxItems":
                return items.Length <= argument.GetInt64();
            case "uniqueItems":
                return !argument.GetBoolean() || !items.Where((item, i) => items[..i].Any(other => AreEqual(item, other))).Any();
            case "prefixItems":
                return items.Take(prefix).Select((item, i) => IsValid(argument[i], item, depth)).All(valid => valid);
            case "items":
                return items.Skip(prefix).All(item => IsValid(argument, item, depth));
            case "contains":
                var count = items.Count(item => IsValid(argument, item, depth));
                return count >= (schema.TryGetProperty("minContains", out var min) ? min.GetInt64() : 1)
                    && (!schema.TryGetProperty("maxContains", out var max) || count <= max.GetInt64());
            default:
                return true;
        }
    }

    private bool HoldsObject(JsonElement schema, string keyword, JsonElement argument, JsonElement value, int depth)
    {
        var names = value.EnumerateObject().Select(member => member.Name).Distinct().ToList();
        switch (keyword)
        {
            case "minProperties":
                return names.Count >= argument.GetInt64();
            case "maxProperties":
                return names.Count <= argument.GetInt64();
            case "required":
                return argument.EnumerateArray().All(name => names.Contains(name.GetString()!));
            case "properties":
                return argument.EnumerateObject().All(member => Values(value, member.Name).All(item => IsValid(member.Value, item, depth)));
            case "patternProperties":
                return argument.EnumerateObject().All(member => value.EnumerateObject().Where(item => Matches(member.Name, item.Name))
                    .All(item => IsValid(member.Value, item.Value, depth)));
            case "additionalProperties":
                return value.EnumerateObject().Where(member => !IsNamed(schema, member.Name)).All(member => IsValid(argument, member.Value, depth));
            case "propertyNames":
                return names.TrueForAll(name => IsValid(argument, JsonSerializer.SerializeToElement(name), depth));
            case "dependentRequired":
                return argument.EnumerateObject().All(member => !names.Contains(member.Name)
                    || member.Value.EnumerateArray().All(name => names.Contains(name.GetString()!)));
            case "dependentSchemas":
                return argument.EnumerateObject().All(member => !names.Contains(member.Name) || IsValid(member.Value, value, depth));
            default:
                return true;
        }
    }

    private static IEnumerable<JsonElement> Values(JsonElement value, string name) =>
        value.EnumerateObject().Where(member => member.Name == name).Select(member => member.Value);

    private static bool IsNamed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out var patterns) && patterns.EnumerateObject().Any(member => Matches(member.Name, name)));

    private JsonElement Resolve(string reference)
    {
        var element = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            element = element.ValueKind == JsonValueKind.Array ? element[int.Parse(part, CultureInfo.InvariantCulture)] : element.GetProperty(part);
        }

        return element;
    }

    private static bool IsType(JsonElement type, JsonElement value) => type.GetString() switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && Fraction(value) is var (number, places) && number % BigInteger.Pow(10, places) == 0,
        _ => throw new ArgumentException(type.GetString()),
    };

    private static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind) return false;
        return left.ValueKind switch
        {
            JsonValueKind.Number => Compare(Fraction(left), Fraction(right)) == 0,
            JsonValueKind.String => left.GetString() == right.GetString(),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second)),
            JsonValueKind.Object => left.EnumerateObject().Count() == right.EnumerateObject().Count() && left.EnumerateObject()
                .All(member => right.TryGetProperty(member.Name, out var other) && AreEqual(member.Value, other)),
            _ => true,
        };
    }

    // A number as an integer and how many places the point is from its end; exponents beyond reason count as their sign.
    private static (BigInteger Number, int Places) Fraction(JsonElement value)
    {
        var text = value.GetRawText();
        var exponent = 0;
        var at = text.IndexOfAny(['e', 'E']);
        if (at >= 0)
        {
            exponent = int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read)
                ? Math.Clamp(read, -400, 400)
                : text[at + 1] == '-' ? -400 : 400;
            text = text[..at];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : text.Length - point - 1;
        var number = BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        places -= exponent;
        return places >= 0 ? (number, places) : (number * BigInteger.Pow(10, -places), 0);
    }

    private static (BigInteger Left, BigInteger Right) Scaled((BigInteger Number, int Places) left, (BigInteger Number, int Places) right) =>
        (left.Number * BigInteger.Pow(10, Math.Max(0, right.Places - left.Places)), right.Number * BigInteger.Pow(10, Math.Max(0, left.Places - right.Places)));

    private static int Compare((BigInteger, int) left, (BigInteger, int) right)
    {
        var (a, b) = Scaled(left, right);
        return a.CompareTo(b);
    }
}

using System.Text.Json.Nodes;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>Schemas that documents are generated from: written by hand, a line of schemas.jsonl each, and random ones.</summary>
internal static class SchemaSamples
{
    /// <summary>At least one for each keyword, alone and in company; recursion; and what is hard on purpose.</summary>
    public static string[] Written { get; } = Read();

    /// <summary>A random schema that some document satisfies.</summary>
    public static JsonNode Random(Random random, int depth, bool patterns = true)
    {
        var kind = random.Next(depth > 0 ? 12 : 7);
        switch (kind)
        {
            case 0:
                return new JsonObject { ["type"] = "boolean" };
            case 1:
                var low = random.Next(-2000, 2000);
                return new JsonObject { ["type"] = "integer", ["minimum"] = low, ["maximum"] = low + random.Next(3000) };
            case 2:
                var from = Math.Round((random.NextDouble() - 0.5) * 100, random.Next(4));
                var to = Math.Round(from + 1 + (random.NextDouble() * 9), 3);
                return new JsonObject { ["type"] = "number", ["minimum"] = from, ["exclusiveMaximum"] = to };
            case 3:
                var min = random.Next(4);
                return new JsonObject { ["type"] = "string", ["minLength"] = min, ["maxLength"] = min + random.Next(12) };
            case 4 when patterns:
                return new JsonObject { ["type"] = "string", ["pattern"] = RandomPattern.Anchored(random, 3) };
            case 5:
                var values = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Scalar(random));
                return new JsonObject { ["enum"] = new JsonArray([.. values]) };
            case 4 or 6:
                return new JsonObject { ["type"] = random.Next(2) == 0 ? "string" : "integer" };
            case 7 or 8:
                return RandomArray(random, depth, patterns);
            case 9:
                var options = new JsonArray(Random(random, depth - 1, patterns), Random(random, depth - 1, patterns));
                return new JsonObject { ["anyOf"] = options };
            default:
                return RandomObject(random, depth, patterns);
        }
    }

    private static JsonObject RandomArray(Random random, int depth, bool patterns)
    {
        var min = random.Next(3);
        var array = new JsonObject { ["type"] = "array", ["items"] = Random(random, depth - 1, patterns), ["minItems"] = min };
        if (random.Next(2) == 0) array["maxItems"] = min + random.Next(4);
        if (random.Next(3) == 0) array["prefixItems"] = new JsonArray(Random(random, depth - 1, patterns));
        return array;
    }

    private static JsonObject RandomObject(Random random, int depth, bool patterns)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        for (var i = random.Next(5); i >= 0; i--)
        {
            var name = ((string[])["name", "age", "a", "b\"", "é", "items", "k0", "k1"])[random.Next(8)];
            if (properties.ContainsKey(name)) continue;
            properties[name] = Random(random, depth - 1, patterns);
            if (random.Next(2) == 0) required.Add((JsonNode)name);
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (random.Next(3) == 0) return result;
        result["additionalProperties"] = random.Next(2) == 0 ? (JsonNode)false : new JsonObject { ["type"] = "boolean" };
        return result;
    }

    private static JsonNode? Scalar(Random random) => random.Next(5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-100, 100),
        3 => random.Next(-1000, 1000) / 8.0,
        _ => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => "abc\"\\é😀 "[random.Next(5)])),
    };

    private static string[] Read()
    {
        using var reader = new StreamReader(typeof(SchemaSamples).Assembly.GetManifestResourceStream("schemas.jsonl")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

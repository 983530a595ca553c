using System.Text.Json.Nodes;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>Schemas that documents are generated from: written by hand, one a line, and random ones.</summary>
internal static class SchemaSamples
{
    /// <summary>At least one for each keyword, alone and in company; recursion; and what is hard on purpose.</summary>
    public static string[] Written { get; } = """
        true
        {}
        {"type":"null"}
        {"type":"boolean"}
        {"type":"integer"}
        {"type":"number"}
        {"type":"string"}
        {"type":"array","maxItems":4,"items":{"type":"boolean"}}
        {"type":"object","additionalProperties":{"type":"integer"}}
        {"type":["string","null"]}
        {"type":["integer","boolean","null"]}
        {"type":"string","nullable":true,"maxLength":3}
        {"const":42}
        {"const":"x\"y\\z\n\u00e9\ud83d\ude00"}
        {"const":null}
        {"const":{"a":[1,2.50,{"b":null}],"c":"d"}}
        {"enum":["red","green","blue"]}
        {"enum":[1,2.5,1e2,-0.25,"a",null,true,[1],{"k":"v"}]}
        {"type":"string","enum":["a",1,null,"b"]}
        {"type":"integer","enum":[1,2.5,3.0]}
        {"enum":["a","ab","abc","abcd","b"]}
        {"type":"integer","minimum":0,"maximum":9}
        {"type":"integer","minimum":-17,"maximum":1234}
        {"type":"integer","minimum":100}
        {"type":"integer","maximum":-5}
        {"type":"integer","exclusiveMinimum":5,"exclusiveMaximum":8}
        {"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}
        {"type":"integer","minimum":0.5,"maximum":3.5}
        {"type":"integer","multipleOf":7}
        {"type":"integer","multipleOf":7,"minimum":10,"maximum":50}
        {"type":"integer","multipleOf":1000}
        {"type":"number","minimum":0,"maximum":1}
        {"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}
        {"type":"number","minimum":-1.25,"maximum":3.75}
        {"type":"number","minimum":99.995,"maximum":100.005}
        {"type":"number","exclusiveMaximum":-0.001,"minimum":-2}
        {"type":"number","multipleOf":0.01,"minimum":0,"maximum":10}
        {"type":"number","multipleOf":0.25}
        {"type":"number","multipleOf":2.5,"maximum":100}
        {"type":"number","minimum":1e3,"maximum":1.5e3}
        {"type":"integer","format":"int32"}
        {"type":"string","minLength":3}
        {"type":"string","maxLength":5}
        {"type":"string","minLength":2,"maxLength":2}
        {"type":"string","minLength":1,"maxLength":100000}
        {"type":"string","maxLength":0}
        {"type":"string","pattern":"^[a-z]+$"}
        {"type":"string","pattern":"abc"}
        {"type":"string","pattern":"^\\d{3}-\\d{4}$"}
        {"type":"string","pattern":"^(foo|bar)?x*$"}
        {"type":"string","pattern":"^[^\"\\\\]{2,5}$"}
        {"type":"string","pattern":"^\\p{Lu}\\p{Ll}+$"}
        {"type":"string","pattern":"^.{3}$"}
        {"type":"string","pattern":"^[\\u4e00-\\u9fff]{1,3}$"}
        {"type":"string","pattern":"a$","maxLength":6}
        {"type":"string","pattern":"^[ab]*$","minLength":3,"maxLength":5}
        {"type":"string","pattern":"^(ab)*$","minLength":3,"maxLength":7}
        {"type":"string","pattern":"(^x|y$)","maxLength":8}
        {"type":"string","pattern":"^a|b$","maxLength":4}
        {"type":"string","pattern":"\\n\\t"}
        {"type":"string","pattern":""}
        {"type":"string","format":"date-time"}
        {"type":"string","format":"date"}
        {"type":"string","format":"time"}
        {"type":"string","format":"duration"}
        {"type":"string","format":"email","maxLength":40}
        {"type":"string","format":"hostname","maxLength":30}
        {"type":"string","format":"ipv4"}
        {"type":"string","format":"ipv6"}
        {"type":"string","format":"uri"}
        {"type":"string","format":"uuid"}
        {"type":"string","format":"json-pointer"}
        {"type":"string","format":"date","pattern":"^2024-"}
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"required":["b"],"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"boolean"}},"required":["a","z"]}
        {"type":"object","properties":{"a":{"type":"boolean"}},"additionalProperties":{"type":"integer"}}
        {"type":"object","properties":{"a b\"c":{"type":"null"},"é":{"type":"null"}},"required":["a b\"c","é"],"additionalProperties":false}
        {"type":"object","patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}
        {"type":"object","patternProperties":{"^x":{"type":"integer"},"y$":{"minimum":5}},"additionalProperties":{"type":"null"}}
        {"type":"object","properties":{"xa":{"maximum":3}},"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}
        {"type":"object","propertyNames":{"pattern":"^[a-c]+$"},"additionalProperties":{"type":"null"}}
        {"type":"object","propertyNames":{"maxLength":3},"maxProperties":3,"additionalProperties":{"type":"null"}}
        {"type":"object","minProperties":1,"additionalProperties":{"type":"null"}}
        {"type":"object","maxProperties":2,"additionalProperties":{"type":"boolean"}}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"minProperties":2,"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"minProperties":1,"maxProperties":2,"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"minProperties":2,"additionalProperties":{"type":"null"}}
        {"type":"object","maxProperties":0}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"dependentRequired":{"a":["b"]},"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"dependentRequired":{"b":["a"]},"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"integer"}},"dependentSchemas":{"a":{"properties":{"b":{"minimum":10}}}},"additionalProperties":false}
        {"type":"object","properties":{"a":false,"b":{"type":"null"}},"additionalProperties":false}
        {"type":"object","properties":{"a":true},"required":["a"],"additionalProperties":false}
        {"type":"array"}
        {"type":"array","minItems":2,"maxItems":2,"items":{"type":"null"}}
        {"type":"array","minItems":3,"items":{"type":"integer","minimum":0,"maximum":5}}
        {"type":"array","maxItems":1000000,"items":{"type":"null"}}
        {"type":"array","minItems":50,"maxItems":60,"items":{"type":"boolean"}}
        {"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}
        {"type":"array","prefixItems":[{"type":"boolean"},{"type":"integer"}],"minItems":2,"maxItems":3}
        {"type":"array","prefixItems":[{"type":"boolean"}],"items":{"type":"null"},"minItems":3}
        {"type":"array","maxItems":0}
        {"type":"array","uniqueItems":true,"items":{"enum":["a","b","c"]}}
        {"type":"array","uniqueItems":true,"minItems":2,"maxItems":3,"items":{"enum":[1,2,3,"x",null]}}
        {"type":"array","uniqueItems":true,"maxItems":1,"items":{"type":"string"}}
        {"type":"array","items":{"type":"integer"},"contains":{"minimum":100}}
        {"type":"array","items":{"type":"integer","minimum":0,"maximum":9},"contains":{"const":7},"minContains":2,"maxContains":2,"maxItems":6}
        {"type":"array","items":{"enum":["x","y"]},"contains":{"const":"y"},"minItems":2}
        {"anyOf":[{"type":"integer"},{"type":"string","maxLength":3}]}
        {"anyOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false},{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}]}
        {"anyOf":[{"const":"a"},{"const":"b"},{"pattern":"^z+$","type":"string"}]}
        {"oneOf":[{"type":"integer"},{"type":"string"}]}
        {"oneOf":[{"type":"integer","minimum":0,"maximum":10},{"type":"integer","minimum":5,"maximum":20}]}
        {"oneOf":[{"type":"string","pattern":"^a"},{"type":"string","pattern":"b$"}]}
        {"oneOf":[{"type":"number"},{"type":"integer"}]}
        {"oneOf":[{"type":"object","properties":{"kind":{"const":"x"},"v":{"type":"integer"}},"required":["kind","v"]},{"type":"object","properties":{"kind":{"const":"y"},"w":{"type":"string"}},"required":["kind"]}]}
        {"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"type":"object","properties":{"b":{"type":"boolean"}},"required":["b"]}]}
        {"allOf":[{"type":"string","pattern":"^a"},{"maxLength":5},{"pattern":"z$"}]}
        {"allOf":[{"type":"integer","minimum":3},{"maximum":12},{"multipleOf":2},{"multipleOf":3}]}
        {"allOf":[{"properties":{"a":{"minimum":0}}},{"properties":{"a":{"maximum":9}}}],"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}
        {"allOf":[{"anyOf":[{"type":"string"},{"type":"integer"}]},{"anyOf":[{"type":"integer"},{"type":"null"}]}]}
        {"allOf":[{"type":"array","items":{"type":"integer"}},{"type":"array","items":{"minimum":5},"maxItems":3}]}
        {"type":"string","not":{"enum":["a","b"]},"maxLength":2}
        {"type":"string","not":{"pattern":"^a"},"maxLength":3}
        {"not":{"type":["object","array","string","number"]}}
        {"type":"integer","not":{"minimum":5},"minimum":0}
        {"type":"integer","minimum":0,"maximum":6,"not":{"multipleOf":2}}
        {"type":"number","not":{"type":"integer"},"minimum":0,"maximum":3}
        {"type":"integer","minimum":0,"maximum":5,"not":{"const":3}}
        {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"additionalProperties":false,"not":{"required":["a","b"]}}
        {"type":"object","properties":{"kind":{"enum":["a","b"]},"v":{"type":"integer"}},"required":["kind"],"additionalProperties":false,"if":{"properties":{"kind":{"const":"a"}}},"then":{"required":["v"]},"else":{"properties":{"v":false}}}
        {"if":{"type":"string"},"then":{"maxLength":2},"else":{"type":"boolean"}}
        {"$ref":"#/$defs/a","$defs":{"a":{"type":"integer","maximum":7}}}
        {"$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value","next"],"additionalProperties":false}},"$ref":"#/$defs/node"}
        {"type":"object","properties":{"children":{"type":"array","maxItems":3,"items":{"$ref":"#"}}},"additionalProperties":false}
        {"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#"}}]}
        {"allOf":[{"$ref":"#/$defs/t"},{"$ref":"#/$defs/s"}],"$defs":{"t":{"type":"object","properties":{"l":{"$ref":"#/$defs/t"},"v":{"type":"integer"}},"required":["v"]},"s":{"type":"object","properties":{"l":{"$ref":"#/$defs/s"},"v":{"minimum":10}},"additionalProperties":false}}}
        {"$defs":{"even":{"anyOf":[{"const":0},{"type":"array","items":{"$ref":"#/$defs/odd"},"maxItems":2}]},"odd":{"anyOf":[{"const":1},{"type":"array","items":{"$ref":"#/$defs/even"},"maxItems":2}]}},"$ref":"#/$defs/even"}
        {"title":"t","description":"d","default":1,"examples":[1],"$comment":"c","type":"integer","x-own":true,"deprecated":true}
        {"type":"object","properties":{"p":{"type":"object","properties":{"q":{"type":"object","properties":{"r":{"type":"array","items":{"type":"object","properties":{"s":{"enum":["u","v"]}},"required":["s"],"additionalProperties":false}}},"required":["r"],"additionalProperties":false}},"required":["q"],"additionalProperties":false}},"required":["p"],"additionalProperties":false}
        {"type":"array","items":{"anyOf":[{"type":"string","format":"date"},{"type":"number","minimum":0},{"type":"null"}]},"maxItems":5}
        {"minimum":5,"maxLength":3,"maxItems":1,"type":["integer","string","array"],"items":{"type":"null"}}
        {"type":"object","properties":{"id":{"type":"string","format":"uuid"},"at":{"type":"string","format":"date-time"},"score":{"type":"number","minimum":0,"maximum":1},"tags":{"type":"array","items":{"type":"string","minLength":1,"maxLength":10},"maxItems":3}},"required":["id","at","score","tags"],"additionalProperties":false}
        {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"unevaluatedProperties":false}
        """.Split('\n', StringSplitOptions.RemoveEmptyEntries);

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
                return new JsonObject { ["type"] = "number", ["minimum"] = from, ["exclusiveMaximum"] = Math.Round(from + 1 + (random.NextDouble() * 9), 3) };
            case 3:
                var min = random.Next(4);
                return new JsonObject { ["type"] = "string", ["minLength"] = min, ["maxLength"] = min + random.Next(12) };
            case 4 when patterns:
                return new JsonObject { ["type"] = "string", ["pattern"] = RandomPattern.Anchored(random, 3) };
            case 5:
                return new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Scalar(random))]) };
            case 4 or 6:
                return new JsonObject { ["type"] = random.Next(2) == 0 ? "string" : "integer" };
            case 7 or 8:
                return RandomArray(random, depth, patterns);
            case 9:
                return new JsonObject { ["anyOf"] = new JsonArray(Random(random, depth - 1, patterns), Random(random, depth - 1, patterns)) };
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
        if (random.Next(3) > 0) result["additionalProperties"] = random.Next(2) == 0 ? (JsonNode)false : new JsonObject { ["type"] = "boolean" };
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
}

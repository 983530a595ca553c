using System.Text.Json;
using Ashlar.Engine.Dialects;

namespace Ashlar.Engine.Tests.Dialects;

/// <summary>Tools for tests.</summary>
internal static class SomeTools
{
    public static ChatTool[] All { get; } =
    [
        Make("add", """
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a"]}
            """),
        Make(
            "find",
            """
            {"type": "object", "properties": {
                "q": {"type": "string"}, "n": {"type": ["number", "null"]}, "flag": {"type": "boolean"},
                "list": {"type": "array"}}}
            """),
        new("python"),
    ];

    public static ChatTool Make(string name, string schema) =>
        new(name, $"What {name} does.", JsonDocument.Parse(schema).RootElement);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Tools;

/// <summary>A tool as one conversation offers it: with one of its names, and one of each parameter's.</summary>
internal sealed class OfferedTool
{
    private readonly string[] _parameters;

    public OfferedTool(ToolKind kind, Draw draw)
    {
        (Kind, Name) = (kind, draw.Pick(kind.Names));
        _parameters = [.. kind.Parameters.Select(parameter => draw.Pick(parameter.Names))];
        if (_parameters.Distinct().Count() < _parameters.Length) _parameters = [.. kind.Parameters.Select(parameter => parameter.Names[0])];
    }

    public ToolKind Kind { get; }

    public string Name { get; }

    /// <summary>The tool as a prompt shows it.</summary>
    public JsonObject ToJson() => new() { ["name"] = Name, ["description"] = Kind.Description, ["parameters"] = Schema() };

    /// <summary>The tool as the engine takes it.</summary>
    public ChatTool ToChatTool() => new(Name, Kind.Description, JsonSerializer.SerializeToElement(Schema()));

    /// <summary>The call with values for the parameters, in their order.</summary>
    public JsonObject Call(IReadOnlyList<JsonNode> values)
    {
        var arguments = new JsonObject();
        for (var i = 0; i < values.Count; i++) arguments[_parameters[i]] = values[i].DeepClone();
        return new() { ["name"] = Name, ["arguments"] = arguments };
    }

    private JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(Kind.Parameters.Select((parameter, i) =>
            KeyValuePair.Create(_parameters[i], (JsonNode?)new JsonObject { ["type"] = Values.TypeOf(parameter.Kind) }))),
        ["required"] = new JsonArray([.. _parameters.Select(name => (JsonNode)name)]),
    };
}

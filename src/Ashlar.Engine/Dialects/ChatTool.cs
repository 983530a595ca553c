using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>A function that a model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, for the model to read.</param>
/// <param name="Parameters">The JSON schema of its arguments, an object; unset, it takes any object.</param>
public sealed record ChatTool(string Name, string? Description = null, JsonElement? Parameters = null)
{
    /// <summary>The tool as chat templates and OpenAI's API have it.</summary>
    public JsonObject ToJson()
    {
        var function = new JsonObject { ["name"] = Name };
        if (Description is not null) function["description"] = Description;
        function["parameters"] = Parameters is { } parameters
            ? JsonSerializer.SerializeToNode(parameters)
            : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        return new() { ["type"] = "function", ["function"] = function };
    }
}

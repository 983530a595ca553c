using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests;

/// <summary>Reads server-sent events that have names.</summary>
internal static class EventText
{
    /// <summary>The events in their order; the name of each must be the type that its object tells.</summary>
    public static List<(string Name, JsonNode Data)> Named(string events)
    {
        var blocks = events.Split("\n\n");
        Assert.Equal("", blocks[^1]);
        return [.. blocks[..^1].Select(static block =>
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var (name, data) = (lines[0]["event: ".Length..], JsonNode.Parse(lines[1]["data: ".Length..])!);
            Assert.Equal(name, data["type"]!.GetValue<string>());
            return (name, data);
        })];
    }

    /// <summary>The text at a path of names, or null.</summary>
    public static string? Text(this JsonNode? node, params string[] path)
    {
        foreach (var name in path) node = int.TryParse(name, out var index) ? node?[index] : node?[name];
        return node?.ToString();
    }
}

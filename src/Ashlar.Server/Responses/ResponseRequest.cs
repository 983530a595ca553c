using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Responses;

/// <summary>What a response repeats of its request, and what is kept with it.</summary>
internal sealed record ResponseRequest
{
    /// <summary>Who asks.</summary>
    public required int Owner { get; init; }

    public string? Instructions { get; init; }

    public string? PreviousResponseId { get; init; }

    public int? MaxOutputTokens { get; init; }

    public required float Temperature { get; init; }

    public required float TopP { get; init; }

    /// <summary>Whether the response is kept.</summary>
    public bool Store { get; init; } = true;

    /// <summary>How much the model is to think, if that was said.</summary>
    public string? Effort { get; init; }

    public JsonElement? Metadata { get; init; }

    public JsonElement? User { get; init; }

    public JsonElement? Text { get; init; }

    public JsonElement? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool IsParallel { get; init; } = true;

    /// <summary>The items that are answered: a JSON array, ids and all.</summary>
    public required JsonArray InputItems { get; init; }

    /// <summary>The conversation with what went before, but without instructions.</summary>
    public required JsonArray Messages { get; init; }
}

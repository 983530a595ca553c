using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Responses;

/// <summary>Reads the fields of a response request that are this protocol's own.</summary>
internal static class ResponseFields
{
    private const string LeaveOut = "leave it out";

    /// <summary>Reads <c>text</c>, which says how the answer is to be written.</summary>
    public static OutputFormat? ReadText(RequestFields fields)
    {
        if (fields.Object("text", "an object with a format") is not { } json) return null;
        var text = new RequestFields(json, "text");
        if (text.Text("verbosity") is not (null or "medium")) throw FieldErrors.Unsupported("text.verbosity", LeaveOut);
        var format = FormatFields.ReadFormat(text, "format", isNested: false);
        text.RefuseUnread();
        return format;
    }

    /// <summary>Reads <c>reasoning</c>: how much the model is to think.</summary>
    public static string? ReadEffort(RequestFields fields)
    {
        if (fields.Object("reasoning", "an object") is not { } json) return null;
        var reasoning = new RequestFields(json, "reasoning");
        var effort = reasoning.OneOf("effort", "none", "minimal", "low", "medium", "high", "xhigh");
        if (reasoning.Text("summary") is not (null or "auto")) throw FieldErrors.Unsupported("reasoning.summary", LeaveOut);
        if (reasoning.Text("generate_summary") is not null) throw FieldErrors.Unsupported("reasoning.generate_summary", LeaveOut);
        reasoning.RefuseUnread();
        return effort;
    }

    /// <summary>Reads <c>include</c>: more to be told, of which there is none here but what is told in any case.</summary>
    public static void ReadInclude(RequestFields fields)
    {
        const string Name = "include";
        if (fields.Array(Name, "an array of strings") is not { } include) return;
        foreach (var (index, value) in include.EnumerateArray().Index())
        {
            var param = $"{Name}[{index}]";
            if (value.ValueKind != JsonValueKind.String) throw FieldErrors.WrongType(param, value.Describe(), "a string");

            // Reasoning is told as it is, and never encrypted.
            if (!value.ValueEquals("reasoning.encrypted_content"u8)) throw FieldErrors.Unsupported(param, LeaveOut);
        }
    }

    /// <summary>Parses what the store kept.</summary>
    public static JsonArray Stored(ReadOnlyMemory<byte> json) => (JsonArray)JsonNode.Parse(json.Span)!;
}

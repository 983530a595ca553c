using System.Text.Json;

namespace Ashlar.Server.Json;

/// <summary>Names values in error messages.</summary>
internal static class JsonDescription
{
    private const int LongestQuote = 40;

    /// <summary>What kind of value it is, with its article.</summary>
    public static string Describe(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    /// <summary>The value itself, cut where it is long.</summary>
    public static string Quote(this JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= LongestQuote ? text : $"{text.AsSpan(0, LongestQuote)}...";
    }
}

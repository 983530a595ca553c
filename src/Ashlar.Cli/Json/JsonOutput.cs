using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ashlar.Cli.Streams;

namespace Ashlar.Cli.Json;

/// <summary>Reports as JSON, letters as they are.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonForms Forms =
        new(new JsonSerializerOptions(JsonForms.Default.Options) { Encoder = Compact.Encoder });

    /// <summary>Prints one object to standard output.</summary>
    public static void Write<T>(T report) =>
        StandardOutput.Writer.WriteLine(JsonSerializer.Serialize(report, (JsonTypeInfo<T>)Forms.GetTypeInfo(typeof(T))!));

    /// <summary>A value on one line.</summary>
    public static string OneLine(JsonNode value) => value.ToJsonString(Compact);
}

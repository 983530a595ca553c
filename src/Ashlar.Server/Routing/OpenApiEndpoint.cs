using System.Text.Json;
using Ashlar.Server.Health;
using Ashlar.Server.Json;

namespace Ashlar.Server.Routing;

/// <summary><c>/openapi.json</c>: every path of the server in an OpenAPI 3.1 document, built from the routes themselves.</summary>
internal static class OpenApiEndpoint
{
    /// <summary>The route of the document, which describes these routes.</summary>
    public static Route For(IReadOnlyList<Route> routes) => new(
        "GET",
        "/openapi.json",
        "Describe every path",
        context => JsonOutput.WriteAsync(context, 200, json => Write(json, routes), context.RequestAborted))
    {
        IsOpen = true,
    };

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Route> routes)
    {
        json.WriteStartObject();
        json.WriteString("openapi"u8, "3.1.0"u8);
        json.WriteStartObject("info"u8);
        json.WriteString("title"u8, "Ashlar"u8);
        json.WriteString("version"u8, VersionEndpoint.Version);
        json.WriteEndObject();
        json.WriteStartObject("paths"u8);
        foreach (var path in routes.GroupBy(static route => route.Path))
        {
            json.WriteStartObject(path.Key);
            foreach (var route in path) WriteOperation(json, route);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WritePropertyName("components"u8);
        json.WriteRawValue("""{"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}"""u8);
        json.WriteEndObject();
    }

    private static void WriteOperation(Utf8JsonWriter json, Route route)
    {
        json.WriteStartObject(route.Method.ToLowerInvariant());
        json.WriteString("summary"u8, route.Summary);
        var (open, close) = (route.Path.IndexOf('{', StringComparison.Ordinal), route.Path.IndexOf('}', StringComparison.Ordinal));
        if (open >= 0)
        {
            json.WriteStartArray("parameters"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, route.Path[(open + 1)..close]);
            json.WriteString("in"u8, "path"u8);
            json.WriteBoolean("required"u8, true);
            json.WritePropertyName("schema"u8);
            json.WriteRawValue("""{"type": "string"}"""u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (route.Method == "POST")
        {
            json.WritePropertyName("requestBody"u8);
            json.WriteRawValue("""{"required": true, "content": {"application/json": {"schema": {"type": "object"}}}}"""u8);
        }

        json.WritePropertyName("responses"u8);
        json.WriteRawValue("""{"200": {"description": "The answer."}, "default": {"description": "What is wrong."}}"""u8);
        if (!route.IsOpen)
        {
            json.WritePropertyName("security"u8);
            json.WriteRawValue("""[{"key": []}]"""u8);
        }

        json.WriteEndObject();
    }
}

using System.Text.Json;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Catalog;

/// <summary><c>/v1/models</c>: what is served, loaded or not; adapters too, which tell their model as vLLM's do.</summary>
internal sealed class ModelEndpoints(ModelCatalog catalog, DateTimeOffset started)
{
    /// <summary>All models.</summary>
    public Task ListAsync(HttpContext context) => JsonOutput.WriteAsync(context, 200, WriteAll, context.RequestAborted);

    /// <summary>One model.</summary>
    public Task GetAsync(HttpContext context, string name)
    {
        var model = catalog.Find(name, "model");
        return JsonOutput.WriteAsync(context, 200, json => Write(json, model), context.RequestAborted);
    }

    private void WriteAll(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in catalog.Listed) Write(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ListedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Name);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, started.ToUnixTimeSeconds());
        json.WriteString("owned_by"u8, "ashlar"u8);
        json.WriteString("root"u8, model.Adapter?.Path ?? model.Name);
        json.WriteString("parent"u8, model.Parent);
        if (model.Slot.ContextLength is { } context) json.WriteNumber("max_model_len"u8, context); // vLLM's name for it
        json.WriteStartObject("status"u8);
        json.WriteString("value"u8, model.Slot.Loaded is null ? "unloaded"u8 : "loaded"u8); // as llama.cpp tells it of several models
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

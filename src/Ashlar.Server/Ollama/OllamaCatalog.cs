using System.Text;
using System.Text.Json;
using Ashlar.Models.Gguf;
using Ashlar.Server.Catalog;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Ollama;

/// <summary><c>/api/tags</c>, <c>/api/ps</c> and <c>/api/show</c>: what is served, in Ollama's words.</summary>
internal sealed class OllamaCatalog(ModelCatalog catalog, DateTimeOffset started)
{
    private static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>All models.</summary>
    public Task ListAsync(HttpContext context) => WriteModelsAsync(
        context, catalog.Listed, static model => BytesOf(model), static (_, _) => { });

    /// <summary>The models that are loaded, the memory that they take, and until when they stay.</summary>
    public Task ListLoadedAsync(HttpContext context) => WriteModelsAsync(
        context,
        catalog.Listed.Where(static model => model.Slot.Loaded is not null),
        static model => model.Slot.IsOnDemand ? model.Slot.Served.Bytes : BytesOf(model),
        (json, model) =>
        {
            json.WriteString("expires_at"u8, catalog.Pool.ExpiresAt(model.Slot)?.UtcDateTime ?? Never);
            json.WriteNumber("size_vram"u8, 0);
            if (model.Slot.ContextLength is { } context) json.WriteNumber("context_length"u8, context);
        });

    /// <summary>One model; if it is not loaded, by what its files say.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = catalog.FindOllama(fields);
        fields.Boolean("verbose");
        fields.RefuseUnread();
        using var lease = catalog.Pool.TryAcquire(model.Slot);
        using var header = lease is null ? model.Slot.Served.Header?.Open() : null;
        var metadata = (lease?.Model.Engine.Model ?? header)?.Metadata;
        var template = lease?.Model.TemplateSource ?? model.Slot.TemplateSource;
        await JsonOutput.WriteAsync(context, 200, json => WriteWhole(json, model, template, metadata), context.RequestAborted)
            .ConfigureAwait(false);
    }

    private static long BytesOf(ListedModel model) => model.Slot.Description?.Bytes ?? 0;

    private Task WriteModelsAsync(
        HttpContext context, IEnumerable<ListedModel> models, Func<ListedModel, long> bytesOf,
        Action<Utf8JsonWriter, ListedModel> writeMore) => JsonOutput.WriteAsync(
        context,
        200,
        json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models"u8);
            foreach (var model in models)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, model.Name);
                json.WriteString("model"u8, model.Name);
                json.WriteString("modified_at"u8, started.UtcDateTime);
                json.WriteNumber("size"u8, bytesOf(model));
                json.WriteString("digest"u8, model.Slot.Description?.Digest ?? "");
                WriteDetails(json, model);
                writeMore(json, model);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        },
        context.RequestAborted);

    private void WriteWhole(Utf8JsonWriter json, ListedModel model, string? template, GgufMetadata? metadata)
    {
        json.WriteStartObject();
        json.WriteString("modelfile"u8, ""u8);
        json.WriteString("parameters"u8, ""u8);
        json.WriteString("template"u8, template ?? "");
        WriteDetails(json, model);
        json.WriteStartObject("model_info"u8);
        if (model.Slot.Description is { } description) json.WriteNumber("general.parameter_count"u8, description.Parameters);
        WriteMetadata(json, metadata);
        json.WriteEndObject();
        json.WriteStartArray("capabilities"u8);
        json.WriteStringValue("completion"u8);
        json.WriteEndArray();
        json.WriteString("modified_at"u8, started.UtcDateTime);
        json.WriteEndObject();
    }

    // Of a model that was never loaded there may be nothing to tell.
    private static void WriteDetails(Utf8JsonWriter json, ListedModel model)
    {
        var description = model.Slot.Description;
        json.WriteStartObject("details"u8);
        json.WriteString("parent_model"u8, model.Parent ?? "");
        json.WriteString("format"u8, description?.Format ?? "");
        json.WriteString("family"u8, description?.Architecture ?? "");
        json.WriteStartArray("families"u8);
        if (description is not null) json.WriteStringValue(description.Architecture);
        json.WriteEndArray();
        json.WriteString("parameter_size"u8, description?.Size ?? "");
        json.WriteString("quantization_level"u8, description?.Type ?? "");
        json.WriteEndObject();
    }

    // Numbers and texts; arrays, which may be a whole vocabulary, are null. The template has a field of its own.
    private static void WriteMetadata(Utf8JsonWriter json, GgufMetadata? metadata)
    {
        foreach (var (key, value) in metadata?.AsEnumerable() ?? [])
        {
            if (key is "tokenizer.chat_template" or "general.parameter_count") continue;
            json.WritePropertyName(key);
            if (value.TryGetUtf8(out var text)) json.WriteStringValue(Encoding.UTF8.GetString(text.Span));
            else if (value.Type == GgufValueType.Array) json.WriteNullValue();
            else if (value.TryGetBools(out var truths)) json.WriteBooleanValue(truths[0]);
            else if (value.TryGetIntegers<long>(out var integers)) json.WriteNumberValue(integers[0]);
            else if (value.TryGetFloats(out var numbers) && float.IsFinite(numbers[0])) json.WriteNumberValue(numbers[0]);
            else json.WriteNullValue();
        }
    }
}

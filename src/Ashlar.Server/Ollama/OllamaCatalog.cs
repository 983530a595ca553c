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
    // Models stay for as long as the server does.
    private static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>All models.</summary>
    public Task ListAsync(HttpContext context) => WriteModelsAsync(context, static (_, _) => { });

    /// <summary>The models that are loaded, which all are.</summary>
    public Task ListLoadedAsync(HttpContext context) => WriteModelsAsync(context, static (json, model) =>
    {
        json.WriteString("expires_at"u8, Never);
        json.WriteNumber("size_vram"u8, 0);
        json.WriteNumber("context_length"u8, model.Engine.ContextLength);
    });

    /// <summary>One model.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = catalog.ChooseOllama(fields);
        fields.Boolean("verbose");
        fields.RefuseUnread();
        await JsonOutput.WriteAsync(context, 200, json => WriteWhole(json, model), context.RequestAborted).ConfigureAwait(false);
    }

    private Task WriteModelsAsync(HttpContext context, Action<Utf8JsonWriter, HostedModel> writeMore) => JsonOutput.WriteAsync(
        context,
        200,
        json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models"u8);
            foreach (var model in catalog.Listed)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, model.Name);
                json.WriteString("model"u8, model.Name);
                json.WriteString("modified_at"u8, started.UtcDateTime);
                json.WriteNumber("size"u8, model.Description.Bytes);
                json.WriteString("digest"u8, model.Description.Digest);
                WriteDetails(json, model);
                writeMore(json, model);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        },
        context.RequestAborted);

    private void WriteWhole(Utf8JsonWriter json, HostedModel model)
    {
        json.WriteStartObject();
        json.WriteString("modelfile"u8, ""u8);
        json.WriteString("parameters"u8, ""u8);
        json.WriteString("template"u8, model.TemplateSource ?? "");
        WriteDetails(json, model);
        json.WriteStartObject("model_info"u8);
        json.WriteNumber("general.parameter_count"u8, model.Description.Parameters);
        WriteMetadata(json, model.Engine.Model.Metadata);
        json.WriteEndObject();
        json.WriteStartArray("capabilities"u8);
        json.WriteStringValue("completion"u8);
        json.WriteEndArray();
        json.WriteString("modified_at"u8, started.UtcDateTime);
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, HostedModel model)
    {
        var description = model.Description;
        json.WriteStartObject("details"u8);
        json.WriteString("parent_model"u8, model.Parent ?? "");
        json.WriteString("format"u8, description.Format);
        json.WriteString("family"u8, description.Architecture);
        json.WriteStartArray("families"u8);
        json.WriteStringValue(description.Architecture);
        json.WriteEndArray();
        json.WriteString("parameter_size"u8, description.Size);
        json.WriteString("quantization_level"u8, description.Type);
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

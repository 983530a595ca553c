using System.Runtime.InteropServices;
using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Catalog;
using Ashlar.Server.Completions;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Ollama;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Embeddings;

/// <summary>Vectors of texts: OpenAI's <c>/v1/embeddings</c> and Ollama's <c>/api/embed</c>.</summary>
internal sealed class EmbeddingEndpoints(ModelCatalog catalog)
{
    /// <summary>Texts of one request that the engine has at a time: some fill its steps, all might fill its queue.</summary>
    private const int MostAtOnce = 16;

    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = (await catalog.ChooseAsync(context, fields).ConfigureAwait(false)).WithoutAdapter();
        var prompts = PromptField.Read(fields, model, addSpecial: true, "input");
        var asBase64 = fields.OneOf("encoding_format", "float", "base64") == "base64";
        var dimensions = fields.Integer("dimensions", 1, model.Engine.Model.Configuration.Width);
        fields.Text("user");
        fields.RefuseUnread();
        var vectors = await EmbedAsync(context, model, prompts, dimensions).ConfigureAwait(false);
        var tokens = vectors.Sum(static vector => vector.Usage.PromptTokens);
        await JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            for (var i = 0; i < vectors.Length; i++)
            {
                json.WriteStartObject();
                json.WriteString("object"u8, "embedding"u8);
                json.WriteNumber("index"u8, i);
                json.WritePropertyName("embedding"u8);
                if (asBase64) json.WriteStringValue(Convert.ToBase64String(MemoryMarshal.AsBytes(vectors[i].Vector.Span)));
                else Write(json, vectors[i].Vector.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("model"u8, model.Name);
            json.WriteStartObject("usage"u8);
            json.WriteNumber("prompt_tokens"u8, tokens);
            json.WriteNumber("total_tokens"u8, tokens);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task OllamaAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = (await catalog.ChooseOllamaAsync(context, fields).ConfigureAwait(false)).WithoutAdapter();
        var prompts = PromptField.Read(fields, model, addSpecial: true, "input");
        var dimensions = fields.Integer("dimensions", 1, model.Engine.Model.Configuration.Width);
        if (fields.Boolean("truncate") == true)
        {
            throw FieldErrors.Unsupported("truncate", "no text is cut short; send shorter ones");
        }

        KeepAliveField.Apply(context, fields);
        fields.RefuseUnread();
        var vectors = await EmbedAsync(context, model, prompts, dimensions).ConfigureAwait(false);
        await JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("model"u8, model.Name);
            json.WriteStartArray("embeddings"u8);
            foreach (var vector in vectors) Write(json, vector.Vector.Span);
            json.WriteEndArray();
            json.WriteNumber("prompt_eval_count"u8, vectors.Sum(static vector => vector.Usage.PromptTokens));
        }).ConfigureAwait(false);
    }

    private static async Task<EmbeddingResult[]> EmbedAsync(
        HttpContext context, HostedModel model, IReadOnlyList<int[]> prompts, int? dimensions)
    {
        for (var i = 0; i < prompts.Count; i++)
        {
            if (prompts[i].Length > 0) continue;
            var name = prompts.Count == 1 ? "input" : $"input[{i}]";
            throw new ApiException(ApiError.Field(name, "invalid_value", $"'{name}' is empty; a vector needs one token or more"));
        }

        var tally = RequestTally.Of(context);
        var tenant = Caller.Of(context).Tenant;
        var vectors = new EmbeddingResult[prompts.Count];
        tally.PromptTokens += prompts.Sum(static prompt => prompt.Length);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = context.RequestAborted };
        await Parallel.ForAsync(0, prompts.Count, limits, async (index, cancelled) =>
        {
            var request = new EmbeddingRequest { PromptTokens = prompts[index], Dimensions = dimensions, Tenant = tenant };
            vectors[index] = await model.Engine.EmbedAsync(request, cancelled).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return vectors;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<float> vector)
    {
        json.WriteStartArray();
        foreach (var number in vector) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}

using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Embeddings;

/// <summary>
/// How well documents fit a query: <c>/rerank</c> and <c>/v1/rerank</c>, as Jina, Cohere and vLLM have it, the best first; vLLM's
/// <c>/score</c>, in the order given.
/// </summary>
internal sealed class RankingEndpoints(ModelCatalog catalog)
{
    private const int MostDocuments = 1024;
    private const string Documents = "an array of strings, or of objects with a 'text'";

    public async Task RerankAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = (await catalog.ChooseAsync(context, fields).ConfigureAwait(false)).WithoutAdapter();
        var query = fields.Text("query") ?? throw FieldErrors.Missing("query", "a string");
        var documents = Texts(fields, "documents");
        var most = fields.Integer("top_n", 1, int.MaxValue) ?? documents.Count;
        var returns = fields.Boolean("return_documents") ?? true;
        fields.RefuseUnread();
        var scores = await ScoreAsync(context, model, query, documents).ConfigureAwait(false);
        await AnswerAsync(context, model, scores, json =>
        {
            json.WriteStartArray("results"u8);
            foreach (var score in scores.OrderByDescending(static score => score.Score).Take(most))
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, score.Index);
                json.WriteNumber("relevance_score"u8, score.Score);
                if (returns)
                {
                    json.WriteStartObject("document"u8);
                    json.WriteString("text"u8, documents[score.Index]);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    public async Task ScoreAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = (await catalog.ChooseAsync(context, fields).ConfigureAwait(false)).WithoutAdapter();
        var query = fields.Text("text_1") ?? throw FieldErrors.Missing("text_1", "a string");
        var documents = Texts(fields, "text_2");
        fields.RefuseUnread();
        var scores = await ScoreAsync(context, model, query, documents).ConfigureAwait(false);
        await AnswerAsync(context, model, scores, json =>
        {
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var score in scores)
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, score.Index);
                json.WriteString("object"u8, "score"u8);
                json.WriteNumber("score"u8, score.Score);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<DocumentScore>> ScoreAsync(
        HttpContext context, HostedModel model, string query, IReadOnlyList<string> documents)
    {
        DocumentScorer scorer;
        try
        {
            scorer = new(model.Engine);
        }
        catch (NotSupportedException error)
        {
            throw new ApiException(ApiError.Field(null, "model_not_supported", error.Message));
        }

        IReadOnlyList<DocumentScore> scores;
        try
        {
            scores = await scorer.ScoreAsync(query, documents, context.RequestAborted).ConfigureAwait(false);
        }
        catch (ArgumentException error) when (error is not PromptTooLongException)
        {
            throw new ApiException(ApiError.Field(null, "invalid_value", error.Message), error); // as of a text without tokens
        }

        RequestTally.Of(context).PromptTokens += scores.Sum(static score => score.PromptTokens);
        return scores;
    }

    private static List<string> Texts(RequestFields fields, string name)
    {
        var value = fields.Take(name) ?? throw FieldErrors.Missing(name, Documents);
        if (value.ValueKind == JsonValueKind.String && name == "text_2") return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array) throw FieldErrors.WrongType(name, value.Describe(), Documents);
        if (value.GetArrayLength() == 0) throw FieldErrors.Empty(name, "one document or more");
        if (value.GetArrayLength() > MostDocuments)
        {
            throw FieldErrors.TooMany(name, value.GetArrayLength(), $"at most {MostDocuments} documents in a request");
        }

        return [.. value.EnumerateArray().Select((document, index) => document switch
        {
            { ValueKind: JsonValueKind.String } => document.GetString()!,
            { ValueKind: JsonValueKind.Object } when document.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String => text.GetString()!,
            _ => throw FieldErrors.WrongType($"{name}[{index}]", document.Describe(), "a string, or an object with a 'text'"),
        })];
    }

    private static Task AnswerAsync(
        HttpContext context, HostedModel model, IReadOnlyList<DocumentScore> scores, Action<Utf8JsonWriter> write) =>
        JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("model"u8, model.Name);
            write(json);
            json.WriteStartObject("usage"u8);
            json.WriteNumber("prompt_tokens"u8, scores.Sum(static score => score.PromptTokens));
            json.WriteNumber("total_tokens"u8, scores.Sum(static score => score.PromptTokens));
            json.WriteEndObject();
        });
}

using Ashlar.Server.Access;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Responses;

/// <summary>
/// <c>/v1/responses</c>: OpenAI's newer protocol, which remembers its answers, so that the next request can go on from one.
/// </summary>
internal sealed class ResponseEndpoints(ModelCatalog catalog, Answering answering, PromptRenderer prompts, ResponseStore store)
{
    /// <summary>Answers.</summary>
    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        await answering.RunAsync(context, Read(fields, model, Caller.Of(context))).ConfigureAwait(false);
    }

    /// <summary>A response that was kept.</summary>
    public Task GetAsync(HttpContext context, string id) =>
        JsonOutput.WriteAsync(context, 200, "application/json", Find(context, id).Response, context.RequestAborted);

    /// <summary>The items that a response which was kept has answered.</summary>
    public Task GetInputItemsAsync(HttpContext context, string id)
    {
        var items = ResponseFields.Stored(Find(context, id).InputItems);
        return JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("object"u8, "list"u8);
            json.WritePropertyName("data"u8);
            items.WriteTo(json);
            json.WriteString("first_id"u8, items[0]!["id"]!.ToString());
            json.WriteString("last_id"u8, items[^1]!["id"]!.ToString());
            json.WriteBoolean("has_more"u8, false);
        });
    }

    /// <summary>Forgets a response.</summary>
    public Task DeleteAsync(HttpContext context, string id)
    {
        if (!store.Remove(id, Caller.Of(context).Key)) throw NotFound(id, "response_id");
        return JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("id"u8, id);
            json.WriteString("object"u8, "response.deleted"u8);
            json.WriteBoolean("deleted"u8, true);
        });
    }

    private GenerationJob Read(RequestFields fields, HostedModel model, Caller caller)
    {
        var maxTokens = fields.Integer("max_output_tokens", 1, model.Engine.ContextLength);
        var request = GenerationFields.Read(fields, model.Engine, maxTokens);
        var stream = StreamFields.Read(fields);
        var timings = TimingFields.Read(fields);
        var effort = ResponseFields.ReadEffort(fields);
        var previous = fields.Text("previous_response_id");
        var instructions = fields.Text("instructions");

        var messages = new MessageList();
        if (previous is not null)
        {
            var stored = store.Find(previous, caller.Key) ?? throw NotFound(previous, "previous_response_id");
            messages.AddEarlier(ResponseFields.Stored(stored.Messages));
        }

        var items = InputItems.Read(fields, messages);
        var (tools, isStrict) = ToolFields.Read(fields, ToolFields.ReadFlat);
        var (toolsJson, choiceJson) = (fields.Take("tools"), fields.Take("tool_choice"));
        var choice = ToolFields.ReadChoice(fields, tools);
        var isParallel = fields.Boolean("parallel_tool_calls");
        var format = ResponseFields.ReadText(fields);
        ResponseFields.ReadInclude(fields);
        var told = new ResponseRequest
        {
            Owner = caller.Key,
            Instructions = instructions,
            PreviousResponseId = previous,
            MaxOutputTokens = maxTokens,
            Temperature = request.Sampling.Temperature,
            TopP = request.Sampling.TopP,
            Store = fields.Boolean("store") ?? true,
            Effort = effort,
            Metadata = fields.Take("metadata"),
            User = fields.Take("user"),
            Tools = toolsJson,
            ToolChoice = choiceJson,
            IsParallel = isParallel ?? true,
            Text = fields.Take("text"),
            InputItems = items,
            Messages = messages.Messages,
        };
        RemainingFields.Judge(fields);

        var conversation = Conversation(model, instructions, messages, effort) with
        {
            Tools = new(tools, choice, isParallel ?? true, isStrict),
            Format = format,
        };
        return new(model, [prompts.Plan(model, conversation, request)], new ResponseFormat(told, store), stream.IsStreamed)
        {
            Timings = timings,
        };
    }

    // Instructions are for this answer alone: they go before everything, and are not kept.
    private static Conversation Conversation(HostedModel model, string? instructions, MessageList messages, string? effort)
    {
        var all = new MessageList();
        if (instructions is not null) all.Add("system", instructions);
        all.AddEarlier(messages.Messages);
        return new(all.Messages)
        {
            Field = "input",
            Variables = effort is null ? null : ReasoningVariables.Of(model, effort, "reasoning.effort"),
        };
    }

    private StoredResponse Find(HttpContext context, string id) =>
        store.Find(id, Caller.Of(context).Key) ?? throw NotFound(id, "response_id");

    private static ApiException NotFound(string id, string param) => new(new(
        404,
        ApiError.InvalidRequest,
        "response_not_found",
        $"there is no response '{id}' here; it was not stored, or so long ago that others took its place",
        param));
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Infill;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Ollama;

/// <summary><c>/api/chat</c> and <c>/api/generate</c>: Ollama's protocol, which streams unless told otherwise.</summary>
internal sealed class OllamaEndpoints(ModelCatalog catalog, Answering answering, PromptRenderer prompts, TimeProvider clock)
{
    /// <summary>Answers a conversation.</summary>
    public Task ChatAsync(HttpContext context) => RunAsync(context, isChat: true);

    /// <summary>Answers, or continues, a text.</summary>
    public Task GenerateAsync(HttpContext context) => RunAsync(context, isChat: false);

    private async Task RunAsync(HttpContext context, bool isChat)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseOllamaAsync(context, fields).ConfigureAwait(false);
        var request = OllamaOptions.Read(fields, model);
        var isStreamed = fields.Boolean("stream") ?? true;
        var keepAlive = KeepAliveField.Apply(context, fields);
        var format = ReadFormat(fields);
        var variables = Thinking(fields, model);
        var choice = isChat
            ? ReadChat(fields, model, variables, format, request)
            : ReadPrompt(fields, model, variables, format, request);
        fields.RefuseUnread();

        if (choice is null)
        {
            await TellLoadedAsync(context, model, isChat, keepAlive == TimeSpan.Zero ? "unload" : "load").ConfigureAwait(false);
            return;
        }

        await answering.RunAsync(context, new(model, [choice], new OllamaFormat(isChat), isStreamed)).ConfigureAwait(false);
    }

    private PlannedChoice? ReadChat(
        RequestFields fields, HostedModel model, JsonObject? variables, OutputFormat? format, GenerationRequest request)
    {
        var (tools, isStrict) = ToolFields.Read(fields, ToolFields.ReadNested);
        var choice = ToolFields.ReadChoice(fields, tools);
        if (OllamaMessages.Read(fields) is not { } messages) return null;
        var conversation = new Conversation(messages.Messages)
        {
            Variables = variables,
            Tools = new(tools, choice, IsParallel: true, isStrict),
            Format = format,
        };
        return prompts.Plan(model, conversation, request);
    }

    private PlannedChoice? ReadPrompt(
        RequestFields fields, HostedModel model, JsonObject? variables, OutputFormat? format, GenerationRequest request)
    {
        var prompt = fields.Text("prompt") ?? "";
        var system = fields.Text("system");
        var isRaw = fields.Boolean("raw") ?? false;
        var suffix = fields.Text("suffix");
        if (fields.Text("template") is { Length: > 0 })
        {
            throw FieldErrors.Unsupported("template", "send the whole prompt with 'raw'");
        }


        if (fields.Array("images", "an array") is { } images && images.GetArrayLength() > 0)
        {
            throw FieldErrors.Unsupported("images", "this model takes texts only");
        }

        if (fields.Array("context", "an array") is not null) throw FieldErrors.Unsupported("context",
            "send the messages to /api/chat");
        if (suffix is { Length: > 0 })
        {
            request = request with { Grammar = format?.Grammar };
            request = InfillPrompt.Between(model, request, model.Tokenizer.Encode(prompt), suffix);
            return new(request) { GrammarField = format?.Field };
        }

        if (prompt.Length == 0) return null;

        // A model without a template merely continues, as Ollama's do.
        if (isRaw || model.TemplateSource is null)
        {
            var tokens = model.Tokenizer.Encode(prompt, addSpecial: true, parseSpecial: true);
            return new(request with { PromptTokens = tokens, Grammar = format?.Grammar }) { GrammarField = format?.Field };
        }

        var messages = new MessageList();
        if (system is not null) messages.Add("system", system);
        messages.Add("user", prompt);
        return prompts.Plan(model, new(messages.Messages) { Field = "prompt", Variables = variables, Format = format }, request);
    }

    private static OutputFormat? ReadFormat(RequestFields fields)
    {
        const string Name = "format";
        return fields.Take(Name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } word when word.ValueEquals(""u8) => null,
            { ValueKind: JsonValueKind.String } word when word.ValueEquals("json"u8) => new(new JsonObjectGrammar(), Name),
            { ValueKind: JsonValueKind.Object } schema => new(new JsonSchemaGrammar(schema.GetRawText()), Name),
            { } value => throw FieldErrors.WrongType(Name, value.Quote(), "'json', or a JSON schema"),
        };
    }

    private static JsonObject? Thinking(RequestFields fields, HostedModel model)
    {
        const string Name = "think";
        return fields.Take(Name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => ReasoningVariables.Of(model, "medium", Name),
            { ValueKind: JsonValueKind.False } => ReasoningVariables.Of(model, ReasoningVariables.None, Name),
            { ValueKind: JsonValueKind.String } => ReasoningVariables.Of(model, fields.OneOf(Name, "low", "medium", "high")!,
                Name),
            { } value => throw FieldErrors.WrongType(Name, value.Describe(), "true, false, low, medium or high"),
        };
    }

    // An empty request asks that the model be loaded, which it is, or unloaded, which it will be when this request has ended.
    private Task TellLoadedAsync(HttpContext context, HostedModel model, bool isChat, string reason) => JsonOutput.WriteAsync(
        context,
        200,
        json =>
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model.Name);
            json.WriteString("created_at"u8, clock.GetUtcNow().UtcDateTime);
            if (isChat)
            {
                json.WriteStartObject("message"u8);
                json.WriteString("role"u8, "assistant"u8);
                json.WriteString("content"u8, ""u8);
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("response"u8, ""u8);
            }

            json.WriteBoolean("done"u8, true);
            json.WriteString("done_reason"u8, reason);
            json.WriteEndObject();
        },
        context.RequestAborted);
}

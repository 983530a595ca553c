using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Anthropic;

/// <summary><c>/v1/messages</c>: Anthropic's protocol.</summary>
internal sealed class MessageEndpoints(ModelCatalog catalog, Answering answering, PromptRenderer prompts)
{
    /// <summary>Answers a conversation.</summary>
    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        await answering.RunAsync(context, Read(fields, model)).ConfigureAwait(false);
    }

    /// <summary>Counts the tokens of a conversation.</summary>
    public async Task CountAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        var conversation = AnthropicFields.ReadConversation(fields, model);
        AnthropicFields.Judge(fields);
        var count = prompts.Encode(model, conversation).Length;
        await JsonOutput.WriteObjectAsync(context, json => json.WriteNumber("input_tokens"u8, count)).ConfigureAwait(false);
    }

    private GenerationJob Read(RequestFields fields, HostedModel model)
    {
        var request = AnthropicFields.Read(fields, model);
        var isStreamed = fields.Boolean("stream") ?? false;
        var timings = TimingFields.Read(fields);
        var conversation = AnthropicFields.ReadConversation(fields, model);
        AnthropicFields.Judge(fields);

        return new(model, [prompts.Plan(model, conversation, request)], new AnthropicFormat(), isStreamed) { Timings = timings };
    }
}

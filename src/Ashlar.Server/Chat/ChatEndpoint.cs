using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Chat;

/// <summary><c>POST /v1/chat/completions</c>: a conversation that is answered.</summary>
internal sealed class ChatEndpoint(ModelCatalog catalog, Answering answering, PromptRenderer prompts)
{
    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        await answering.RunAsync(context, Read(fields, model)).ConfigureAwait(false);
    }

    private GenerationJob Read(RequestFields fields, HostedModel model)
    {
        var maxTokens = MaxTokens(fields, model.Engine.ContextLength);
        var request = GenerationFields.Read(fields, model.Engine, maxTokens).WithTokenLimits(fields, model);
        var stream = StreamFields.Read(fields);
        var timings = TimingFields.ReadStreamed(fields);
        var copies = ChoiceFields.Read(fields, stream);
        var logProbabilities = LogProbabilityFields.ReadChat(fields);
        var promptLogProbabilities = PromptLogProbabilities.Read(fields, stream, () => model.Tokenizer);
        var text = OutputTextFields.Read(fields, model.Engine, maxTokens);
        var conversation = ConversationFields.Read(fields, model);
        var addSpecial = fields.Boolean("add_special_tokens") ?? false;
        RemainingFields.Judge(fields);

        request = request.With(logProbabilities, copies) with { PromptLogProbabilities = promptLogProbabilities?.Count };
        var choice = prompts.Plan(model, conversation, request, addSpecial, text) with
        {
            TellsPrompt = promptLogProbabilities is not null,
            IncludesStopText = text.IncludesStopText,
        };
        var format = new ChatFormat(stream, logProbabilities is null ? null : model.Tokenizer, promptLogProbabilities);
        return new(model, copies.Plan([choice]), format, stream.IsStreamed)
        {
            Best = copies.Best,
            Timings = timings,
        };
    }

    private static int? MaxTokens(RequestFields fields, int contextLength)
    {
        const string Old = "max_tokens";
        const string New = "max_completion_tokens";
        var (old, @new) = (fields.Integer(Old, 1, contextLength), fields.Integer(New, 1, contextLength));
        if (old is not null && @new is not null && old != @new)
        {
            throw FieldErrors.WrongValue(Old, $"{old}, but '{New}' is {@new}", "the same or absent");
        }

        return @new ?? old;
    }
}

using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Infill;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Completions;

/// <summary><c>POST /v1/completions</c>: text that is continued.</summary>
internal sealed class CompletionEndpoint(ModelCatalog catalog, Answering answering)
{
    private const int DefaultMaxTokens = 16; // OpenAI's

    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        await answering.RunAsync(context, Read(fields, model)).ConfigureAwait(false);
    }

    private static GenerationJob Read(RequestFields fields, HostedModel model)
    {
        var maxTokens = fields.Integer("max_tokens", 0, model.Engine.ContextLength) ?? DefaultMaxTokens;
        var request = GenerationFields.Read(fields, model.Engine, maxTokens).WithTokenLimits(fields, model);
        var stream = StreamFields.Read(fields);
        var timings = TimingFields.ReadStreamed(fields);
        var copies = ChoiceFields.Read(fields, stream);
        var logProbabilities = LogProbabilityFields.ReadCompletion(fields);
        var promptLogProbabilities = PromptLogProbabilities.Read(fields, stream, () => model.Tokenizer);
        var text = OutputTextFields.Read(fields, model.Engine, maxTokens);
        var outputFormat = FormatFields.Read(fields);
        var echo = fields.Boolean("echo") ?? false;
        var addSpecial = fields.Boolean("add_special_tokens") ?? true;
        var suffix = fields.Text("suffix") is { Length: > 0 } behind ? behind : null;
        if (suffix is not null && echo) throw FieldErrors.WrongValue("echo", "true", "false beside 'suffix'");
        var prompts = PromptField.Read(fields, model, addSpecial && suffix is null, parseSpecial: suffix is null);
        RemainingFields.Judge(fields);

        var echoes = echo ? logProbabilities : null;
        request = request.With(logProbabilities, copies) with
        {
            PromptLogProbabilities = Greatest(echoes, promptLogProbabilities?.Count),
            Grammar = outputFormat?.Grammar,
        };
        if (text.ShowsSpecial || outputFormat is not null)
        {
            var visible = OutputFormat.VisibleTokens(outputFormat, model, []);
            request = request with { VisibleTokens = text.VisibleTokens(model, visible) };
        }

        var choices = prompts.Select(text.Truncate).Select(prompt => new PlannedChoice(
            suffix is null
                ? request with { PromptTokens = prompt }
                : InfillPrompt.Between(model, request, prompt, suffix, addSpecial),
            echo ? model.Tokenizer.Decode(prompt, skipSpecial: !text.ShowsSpecial) : "")
        {
            EchoesLogProbabilities = echoes is not null && prompt.Length > 0,
            TellsPrompt = promptLogProbabilities is not null,
            IncludesStopText = text.IncludesStopText,
            GrammarField = outputFormat?.Field,
        });
        var format = new CompletionFormat(stream, logProbabilities is null ? null : model.Tokenizer, promptLogProbabilities);
        return new(model, copies.Plan([.. choices]), format, stream.IsStreamed)
        {
            Best = copies.Best,
            Timings = timings,
        };
    }

    private static int? Greatest(int? one, int? other) => one is null || other > one ? other : one;
}

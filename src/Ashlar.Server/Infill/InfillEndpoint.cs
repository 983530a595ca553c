using Ashlar.Server.Access;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Infill;

/// <summary>
/// <c>POST /infill</c>: what stands between two texts, for somebody who types, as llama.cpp's server has it. It goes before all
/// other work of the engine, and ends as soon as its client goes away or its session asks again.
/// </summary>
internal sealed class InfillEndpoint(ModelCatalog catalog, Answering answering, TimeProvider clock)
{
    private readonly InfillSessions _sessions = new();

    public async Task PostAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        var asked = InfillFields.Read(fields, model);
        using var turn = asked.Session is { } session ? _sessions.Begin(Caller.Of(context).Tenant, session) : null;
        await answering.RunAsync(context, Plan(asked, turn?.Superseded ?? CancellationToken.None)).ConfigureAwait(false);
    }

    private GenerationJob Plan(InfillFields fields, CancellationToken superseded)
    {
        var limits = new InfillLimits(
            fields.Prompt.Tokens.Length, fields.LongestPrediction, fields.LeastIndentation, clock, superseded);
        var choice = new PlannedChoice(fields.Request with { PromptTokens = fields.Prompt.Tokens, IsInteractive = true })
        {
            GrammarField = fields.GrammarField,
            Limit = output => limits.Keep(output),
        };
        return new(fields.Model, [choice], new InfillFormat(fields, limits), fields.IsStreamed);
    }
}

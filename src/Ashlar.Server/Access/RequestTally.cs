using Ashlar.Engine;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>What a request has cost so far. Kept with the request, so that the log tells it however the request ends.</summary>
internal sealed class RequestTally
{
    /// <summary>Tokens of the choices that have ended.</summary>
    public GenerationUsage Usage { get; private set; }

    /// <summary>Time of the choices that have ended, one after another.</summary>
    public GenerationTimings Timings { get; private set; }

    /// <summary>What the prompts took of the choices whose first token has come; null before any has.</summary>
    public GenerationStart? Started { get; private set; }

    /// <summary>Tokens of the prompts of all choices that were begun.</summary>
    public int PromptTokens { get; set; }

    /// <summary>Tokens generated, of the choices that run as well.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>The tally of a request; the first call makes it.</summary>
    public static RequestTally Of(HttpContext context)
    {
        if (context.Features.Get<RequestTally>() is { } tally) return tally;
        context.Features.Set(tally = new());
        return tally;
    }

    /// <summary>Counts what the engine has brought.</summary>
    public void Add(GenerationUpdate update)
    {
        GeneratedTokens += update.Tokens.Length;
        if (update.Start is { } start)
        {
            Started = Started is { } other ? new(other.Usage + start.Usage, other.Timings + start.Timings) : start;
        }

        if (update.Usage is { } usage)
        {
            (Usage, Timings) = (Usage + usage, Timings + update.Timings.GetValueOrDefault());
        }
    }
}

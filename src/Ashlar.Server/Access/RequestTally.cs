using Ashlar.Engine;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>What a request has cost so far. Kept with the request, so that the log tells it however the request ends.</summary>
internal sealed class RequestTally
{
    private GenerationUsage _finished;
    private int _running;

    /// <summary>Tokens of the choices that have ended.</summary>
    public GenerationUsage Usage => _finished;

    /// <summary>Tokens generated, of the choice that runs as well.</summary>
    public int GeneratedTokens => _finished.CompletionTokens + _running;

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
        _running += update.Tokens.Length;
        if (update.Usage is not { } usage) return;
        _running = 0;
        _finished = new(
            _finished.PromptTokens + usage.PromptTokens,
            _finished.CompletionTokens + usage.CompletionTokens,
            _finished.CachedTokens + usage.CachedTokens);
    }
}

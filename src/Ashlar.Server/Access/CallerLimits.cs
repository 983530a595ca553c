using System.Globalization;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>
/// Limits what each caller may ask for in a minute: requests, and tokens of prompts and answers. Tokens are counted when a
/// request
/// has ended; a caller who has used more than its share waits until that is made up for. Where the server has no keys, all
/// callers
/// are one.
/// </summary>
internal sealed class CallerLimits
{
    private readonly TokenBucket[] _requests, _tokens;

    public CallerLimits(ServerOptions options)
    {
        var callers = Math.Max(1, options.ApiKeys.Count);
        _requests = Buckets(options.RequestsPerMinute);
        _tokens = Buckets(options.TokensPerMinute);

        TokenBucket[] Buckets(int? perMinute) => perMinute is not { } limit
            ? []
            : [.. Enumerable.Range(0, callers).Select(_ => new TokenBucket(limit, options.Clock))];
    }

    /// <summary>Lets a request in, and tells in the headers of its answer what is left.</summary>
    /// <exception cref="ApiException">The caller has used up its minute.</exception>
    public void Admit(Caller caller, HttpContext context)
    {
        var headers = context.Response.Headers;
        if (_tokens.Length > 0) Require(_tokens[caller.Key], "tokens", headers);
        if (_requests.Length == 0) return;
        Require(_requests[caller.Key], "requests", headers);
        _requests[caller.Key].Take(1);
        Tell(_requests[caller.Key], "requests", headers);
    }

    /// <summary>Counts the tokens of a request that has ended.</summary>
    public void Charge(Caller caller, RequestTally tally)
    {
        if (_tokens.Length > 0) _tokens[caller.Key].Take(tally.PromptTokens + tally.GeneratedTokens);
    }

    private static void Require(TokenBucket bucket, string kind, IHeaderDictionary headers)
    {
        Tell(bucket, kind, headers);
        var wait = bucket.Until(1);
        if (wait == TimeSpan.Zero) return;
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        throw new ApiException(new(
            429,
            kind, // OpenAI's types of this error
            "rate_limit_exceeded",
            $"this key may use {bucket.PerMinute} {kind} per minute, and has; try again in {seconds} s")
        {
            RetryAfterSeconds = seconds,
        });
    }

    private static void Tell(TokenBucket bucket, string kind, IHeaderDictionary headers)
    {
        headers[$"x-ratelimit-limit-{kind}"] = bucket.PerMinute.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-remaining-{kind}"] = bucket.Remaining.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-reset-{kind}"] = string.Create(
            CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(bucket.UntilFull.TotalMilliseconds)}ms");
    }
}

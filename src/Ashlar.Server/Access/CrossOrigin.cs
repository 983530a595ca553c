using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>
/// Lets web pages of other origins ask the server (the CORS protocol of the Fetch standard). Without origins, browsers keep every
/// page from reading what the server answers.
/// </summary>
internal sealed class CrossOrigin(IReadOnlyList<string> origins)
{
    private const string Any = "*", OneDaySeconds = "86400";

    /// <summary>Adds what a browser wants to be told of whether the page may read the answer.</summary>
    /// <returns>Whether the request was a browser's question before the page's own, and is answered by that.</returns>
    public bool Answer(HttpContext context)
    {
        if (origins.Count == 0) return false;

        var (request, headers) = (context.Request, context.Response.Headers);
        headers.Vary = "Origin";
        var origin = request.Headers.Origin.ToString();
        var mayRead = origins.Contains(Any) || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
        if (origin.Length == 0 || !mayRead) return false;

        headers.AccessControlAllowOrigin = origins.Contains(Any) ? Any : origin;
        headers.AccessControlExposeHeaders = "Retry-After, x-request-id, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, "
            + "x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";
        if (request.Method != "OPTIONS" || request.Headers.AccessControlRequestMethod.Count == 0) return false;

        headers.AccessControlAllowMethods = "GET, POST, DELETE";
        headers.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = OneDaySeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}

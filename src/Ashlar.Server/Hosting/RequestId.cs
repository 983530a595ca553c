using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Hosting;

/// <summary>
/// What names a request in the log, in traces and in its answer: the header <c>x-request-id</c>, as the client sent it, or one
/// made here.
/// </summary>
internal static class RequestId
{
    public const string Header = "x-request-id";

    private const int Longest = 128;

    // What needs no escape in a line of a log, in a header or in a path.
    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Names a request and its answer. A name that is too long, or has other characters, is not taken.</summary>
    /// <returns>The name: 1 to 128 letters, digits, and <c>- _ . :</c></returns>
    public static string Give(HttpContext context)
    {
        var sent = context.Request.Headers[Header];
        var id = sent is [{ Length: > 0 and <= Longest } one] && !one.AsSpan().ContainsAnyExcept(Safe)
            ? one
            : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return id;
    }
}

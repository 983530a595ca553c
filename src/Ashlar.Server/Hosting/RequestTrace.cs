using System.Diagnostics;
using Ashlar.Server.Health;
using Ashlar.Server.Routing;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Hosting;

/// <summary>
/// A span for each request, under the attributes of OpenTelemetry's conventions for HTTP servers. What the engine does for the
/// request is a part of it; it is itself a part of the client's span, where the header <c>traceparent</c> (W3C) names one. Where
/// nobody listens there is no span, and nothing is paid.
/// </summary>
internal sealed class RequestTrace : IDisposable
{
    /// <summary>The name of the source, by which listeners ask for its spans.</summary>
    public const string SourceName = "Ashlar.Server";

    private static readonly ActivitySource Source = new(SourceName, VersionEndpoint.Version);

    private readonly Activity _span;

    private RequestTrace(Activity span) => _span = span;

    /// <summary>Begins a span, if anybody listens.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">What names it.</param>
    public static RequestTrace? Begin(HttpContext context, string id)
    {
        if (!Source.HasListeners()) return null;
        var request = context.Request;
        var started = Source.StartActivity(KnownMethod(request.Method), ActivityKind.Server, ParentOf(request));
        if (started is not { } span) return null; // whoever samples may want none
        var trace = new RequestTrace(span);
        if (span.IsAllDataRequested) trace.Describe(context, id);
        return trace;
    }

    /// <summary>It is known what answers: that names the span.</summary>
    public void Found(Route route)
    {
        _span.DisplayName = $"{_span.DisplayName} {route.Path}";
        _span.SetTag("http.route", route.Path);
    }

    /// <summary>The request is answered.</summary>
    public void Answered(int status)
    {
        _span.SetTag("http.response.status_code", status);
        if (status < 500) return; // the client's own errors are none of the server's
        _span.SetTag("error.type", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Ends the span.</summary>
    public void Dispose() => _span.Dispose();

    private void Describe(HttpContext context, string id)
    {
        var (request, connection) = (context.Request, context.Connection);
        _span.SetTag("http.request.method", KnownMethod(request.Method) == request.Method ? request.Method : "_OTHER");
        _span.SetTag("url.scheme", request.Scheme);
        _span.SetTag("url.path", request.Path.ToUriComponent());
        _span.SetTag("server.address", request.Host.Host);
        if (request.Host.Port is { } port) _span.SetTag("server.port", port);
        _span.SetTag("client.address", connection.RemoteIpAddress?.ToString());
        _span.SetTag("network.protocol.version", "1.1");
        if (request.Headers.UserAgent is [{ } agent]) _span.SetTag("user_agent.original", agent);
        _span.SetTag("gen_ai.request.id", id); // vLLM's
    }

    // What the framework begins of its own, where somebody listens to that, comes between the client and this.
    private static ActivityContext ParentOf(HttpRequest request)
    {
        if (Activity.Current is { } current) return current.Context;
        ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var parent);
        return parent;
    }

    // Clients may send any word: it must not name a span.
    private static string KnownMethod(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "CONNECT" or "OPTIONS" or "TRACE" or "PATCH" => method,
        _ => "HTTP",
    };
}

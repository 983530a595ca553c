using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ashlar.Cli.Tests.Running;

/// <summary>A collector of traces by OpenTelemetry's protocol: over gRPC, which is HTTP/2, or with bodies of HTTP/1.1.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private const string Service = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const int FrameHead = 5; // a flag, and the length of the message

    private readonly WebApplication _application;

    private TraceCollector(WebApplication application) => _application = application;

    /// <summary>What was sent: the spans of all messages, with the resource they came from.</summary>
    public ConcurrentQueue<CollectedSpan> Spans { get; } = [];

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Urls.First());

    public static async Task<TraceCollector> Start(bool isGrpc)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var application = builder.Build();
        var collector = new TraceCollector(application);
        application.Run(context => collector.Take(context, isGrpc));
        await application.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task Take(HttpContext context, bool isGrpc)
    {
        if (context.Request.Path != (isGrpc ? Service : "/v1/traces"))
        {
            context.Response.StatusCode = 404;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = body.ToArray().AsMemory(isGrpc ? FrameHead : 0);
        foreach (var span in CollectedSpan.ReadAll(message)) Spans.Enqueue(span);
        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc) return; // an empty message
        await context.Response.Body.WriteAsync(new byte[FrameHead]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

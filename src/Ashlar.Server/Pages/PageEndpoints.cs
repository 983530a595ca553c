using System.Text;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Routing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ashlar.Server.Pages;

/// <summary>
/// The pages for people. They are the same for everybody and hold nothing of the server: what they show, their scripts ask for at
/// the APIs, with a key where one is needed.
/// </summary>
internal sealed class PageEndpoints
{
    // Nothing but what this server sends, and nothing written into the page itself, is run, drawn or asked.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly PageAssets _assets = new();
    private readonly Lazy<Task<PageContent>> _playground = new(RenderAsync<PlaygroundPage>);
    private readonly Lazy<Task<PageContent>> _engine = new(RenderAsync<EngineRoomPage>);

    /// <summary>All that a browser asks for to show the pages; open to all, since nothing of the server is in it.</summary>
    public IReadOnlyList<Route> Routes =>
    [
        new("GET", "/", "The playground", GetPlaygroundAsync) { IsOpen = true },
        new("GET", "/engine", "What the engines do", GetEngineAsync) { IsOpen = true },
        new("GET", "/assets/{name}", "A part of the pages", GetAssetAsync) { IsOpen = true },
    ];

    private async Task GetPlaygroundAsync(HttpContext context) =>
        await SendAsync(context, await _playground.Value.ConfigureAwait(false)).ConfigureAwait(false);

    private async Task GetEngineAsync(HttpContext context) =>
        await SendAsync(context, await _engine.Value.ConfigureAwait(false)).ConfigureAwait(false);

    private Task GetAssetAsync(HttpContext context, string name)
    {
        var asset = _assets.Find(name) ?? throw new ApiException(
            new(404, ApiError.InvalidRequest, "unknown_url", $"there is no '{name}' among the pages' assets"));
        return SendAsync(context, asset);
    }

    private static Task SendAsync(HttpContext context, PageContent content)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache"; // to be kept, and asked for again: another version may be served at this address
        headers.ETag = content.Tag;
        if (context.Request.Headers.IfNoneMatch == content.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return JsonOutput.WriteAsync(context, 200, content.MediaType, content.Bytes, context.RequestAborted);
    }

    private static async Task<PageContent> RenderAsync<TPage>() where TPage : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>().ConfigureAwait(true)).ToHtmlString()).ConfigureAwait(false);
        return PageContent.Of("text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));
    }
}

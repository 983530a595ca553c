using Ashlar.Server.Catalog;
using Ashlar.Server.Chat;
using Ashlar.Server.Completions;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Health;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Routing;

/// <summary>
/// Finds what answers a path. One table, because the paths are few and their errors must be OpenAI's objects, too.
/// </summary>
internal sealed class Router
{
    private const string ModelPrefix = "/v1/models/";

    private readonly Dictionary<string, Route> _routes;
    private readonly ModelEndpoints _models;

    public Router(ModelCatalog catalog, TimeProvider clock)
    {
        var answering = new Answering(clock);
        _models = new(catalog, clock.GetUtcNow());
        _routes = new(StringComparer.Ordinal)
        {
            ["/v1/chat/completions"] = new("POST", new ChatEndpoint(catalog, answering, clock).PostAsync),
            ["/v1/completions"] = new("POST", new CompletionEndpoint(catalog, answering).PostAsync),
            ["/v1/models"] = new("GET", _models.ListAsync),
            ["/health"] = new("GET", new HealthEndpoint(catalog).GetAsync, IsOpen: true),
            ["/version"] = new("GET", VersionEndpoint.GetAsync, IsOpen: true),
        };
    }

    /// <summary>What answers this path, or null.</summary>
    public Route? Find(string path)
    {
        if (_routes.TryGetValue(path, out var route)) return route;
        if (!path.StartsWith(ModelPrefix, StringComparison.Ordinal) || path.Length == ModelPrefix.Length) return null;
        return new("GET", context => _models.GetAsync(context, path[ModelPrefix.Length..])); // names may have slashes
    }

    /// <summary>Answers a request.</summary>
    /// <exception cref="ApiException">Nothing answers this path, or not this method.</exception>
    public static Task InvokeAsync(Route? route, HttpContext context)
    {
        var method = context.Request.Method;
        var path = context.Request.Path.ToUriComponent();
        if (route is null)
        {
            throw new ApiException(new(404, ApiError.InvalidRequest, "unknown_url", $"there is nothing at {method} {path}"));
        }

        // Kestrel leaves out the body of an answer to HEAD by itself.
        if (method == route.Method || (route.Method == "GET" && method == "HEAD")) return route.Invoke(context);

        context.Response.Headers.Allow = route.Method;
        throw new ApiException(new(
            405, ApiError.InvalidRequest, "method_not_allowed", $"{path} takes {route.Method}, not {method}"));
    }
}

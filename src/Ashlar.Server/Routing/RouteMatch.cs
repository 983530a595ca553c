using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Routing;

/// <summary>What a request's path and method lead to.</summary>
/// <param name="Route">What answers; null where nothing does.</param>
/// <param name="Parameter">What stood for the part in braces.</param>
/// <param name="Methods">The methods that the path takes; none where there is no such path.</param>
internal sealed record RouteMatch(Route? Route, string Parameter, IReadOnlyList<string> Methods)
{
    /// <summary>Answers a request.</summary>
    /// <exception cref="ApiException">Nothing answers this path, or not this method.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (Route is not null) return Route.Invoke(context, Parameter);

        var method = context.Request.Method;
        var path = context.Request.Path.ToUriComponent();
        if (Methods.Count == 0)
        {
            throw new ApiException(new(404, ApiError.InvalidRequest, "unknown_url", $"there is nothing at {method} {path}"));
        }

        var methods = string.Join(", ", Methods);
        context.Response.Headers.Allow = methods;
        throw new ApiException(new(405, ApiError.InvalidRequest, "method_not_allowed", $"{path} takes {methods}, not {method}"));
    }
}

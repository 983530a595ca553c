using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Hosting;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Health;

/// <summary>
/// <c>/health</c>: whether every engine that runs is well, as long as the process lives; <c>/ready</c>: whether it takes requests as well,
/// which it no longer does once it was asked to end.
/// </summary>
internal sealed class HealthEndpoints(ModelCatalog catalog, ServerLifetime lifetime)
{
    public Task GetHealthAsync(HttpContext context)
    {
        foreach (var model in catalog.Loaded)
        {
            if (model.Failure is { } failure) throw new ApiException(failure);
        }

        return WriteAsync(context, "ok");
    }

    public Task GetReadyAsync(HttpContext context)
    {
        if (lifetime.IsDraining) throw new ApiException(ErrorMapping.ShuttingDown);
        foreach (var model in catalog.Loaded)
        {
            if (model.Failure is { } failure) throw new ApiException(failure);
        }

        return WriteAsync(context, "ready");
    }

    private static Task WriteAsync(HttpContext context, string status) => JsonOutput.WriteAsync(
        context,
        200,
        json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, status);
            json.WriteEndObject();
        },
        context.RequestAborted);
}

using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Health;

/// <summary><c>/health</c>: whether every engine is well.</summary>
internal sealed class HealthEndpoint(ModelCatalog catalog)
{
    public Task GetAsync(HttpContext context)
    {
        foreach (var model in catalog.Models)
        {
            if (model.Engine.Failure is { } failure) throw new ApiException(Failed(model.Name, failure), failure);
        }

        return JsonOutput.WriteAsync(
            context,
            200,
            static json =>
            {
                json.WriteStartObject();
                json.WriteString("status"u8, "ok"u8);
                json.WriteEndObject();
            },
            context.RequestAborted);
    }

    /// <summary>What is said of an engine that has failed.</summary>
    public static ApiError Failed(string model, Exception failure) => new(
        503, ApiError.ServerError, "engine_failed", $"the engine of model '{model}' has failed and must be started again: {failure.Message}");
}

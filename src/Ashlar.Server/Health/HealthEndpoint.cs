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
            if (model.Failure is { } failure) throw new ApiException(failure);
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
}

using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Chat;
using Ashlar.Server.Completions;
using Ashlar.Server.Conversations;
using Ashlar.Server.Health;
using Ashlar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Routing;

/// <summary>What a server answers: every path of every protocol.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<Route> Create(ModelCatalog catalog, ServerLifetime lifetime, ServerOptions options, ILogger logger)
    {
        var clock = options.Clock;
        var started = clock.GetUtcNow();
        var answering = new Answering(clock, options.LogsContent ? logger : null);
        var prompts = new PromptRenderer(clock);
        var models = new ModelEndpoints(catalog, started);
        var health = new HealthEndpoints(catalog, lifetime);
        return
        [
            new("POST", "/v1/chat/completions", "Answer a conversation", new ChatEndpoint(catalog, answering, prompts).PostAsync),
            new("POST", "/v1/completions", "Continue a text", new CompletionEndpoint(catalog, answering).PostAsync),
            new("GET", "/v1/models", "List the models", models.ListAsync),
            new("GET", "/v1/models/{model}", "Describe a model", models.GetAsync),
            new("GET", "/health", "Tell whether every engine is well", health.GetHealthAsync) { IsOpen = true, AnswersWhileDraining = true },
            new("GET", "/ready", "Tell whether requests are taken", health.GetReadyAsync) { IsOpen = true, AnswersWhileDraining = true },
            new("GET", "/version", "Tell the server's version", VersionEndpoint.GetAsync) { IsOpen = true, AnswersWhileDraining = true },
        ];
    }
}

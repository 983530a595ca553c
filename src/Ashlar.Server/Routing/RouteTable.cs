using Ashlar.Server.Anthropic;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Chat;
using Ashlar.Server.Completions;
using Ashlar.Server.Conversations;
using Ashlar.Server.Embeddings;
using Ashlar.Server.Health;
using Ashlar.Server.Hosting;
using Ashlar.Server.Infill;
using Ashlar.Server.KvCache;
using Ashlar.Server.Metrics;
using Ashlar.Server.Ollama;
using Ashlar.Server.Pages;
using Ashlar.Server.Responses;
using Ashlar.Server.Tokens;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Routing;

/// <summary>What a server answers: every path of every protocol.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<Route> Create(ModelCatalog catalog, ServerLifetime lifetime, ServerOptions options,
        ILogger logger)
    {
        var clock = options.Clock;
        var started = clock.GetUtcNow();
        var answering = new Answering(clock, options.LogsContent ? logger : null);
        var prompts = new PromptRenderer(clock);
        var models = new ModelEndpoints(catalog, started);
        var responses = new ResponseEndpoints(catalog, answering, prompts, new());
        var messages = new MessageEndpoints(catalog, answering, prompts);
        var ollama = new OllamaEndpoints(catalog, answering, prompts, clock);
        var tags = new OllamaCatalog(catalog, started);
        var tokens = new TokenizeEndpoints(catalog, prompts);
        var metrics = new MetricsEndpoint(catalog);
        var health = new HealthEndpoints(catalog, lifetime);
        var kv = new KvEndpoints(catalog);
        var embeddings = new EmbeddingEndpoints(catalog);
        var ranking = new RankingEndpoints(catalog);
        var pages = new PageEndpoints();
        var adapters = new AdapterEndpoints(catalog, options.AdapterFolder);
        IReadOnlyList<Route> routes =
        [
            new("POST", "/v1/chat/completions", "Answer a conversation", new ChatEndpoint(catalog, answering, prompts).PostAsync),
            new("POST", "/v1/completions", "Continue a text", new CompletionEndpoint(catalog, answering).PostAsync),
            new("POST", "/infill", "Fill in what stands between two texts, for somebody who types",
                new InfillEndpoint(catalog, answering, clock).PostAsync),
            new("POST", "/v1/responses", "Answer, and remember the answer", responses.PostAsync),
            new("GET", "/v1/responses/{response_id}", "Tell a response that is remembered", responses.GetAsync),
            new("DELETE", "/v1/responses/{response_id}", "Forget a response", responses.DeleteAsync),
            new("GET", "/v1/responses/{response_id}/input_items", "List what a response has answered",
                responses.GetInputItemsAsync),
            new("POST", "/v1/messages", "Answer a conversation, by Anthropic's protocol", messages.PostAsync),
            new("POST", "/v1/messages/count_tokens", "Count the tokens of a conversation", messages.CountAsync),
            new("POST", "/v1/embeddings", "Make vectors of texts", embeddings.PostAsync),
            new("POST", "/rerank", "Sort documents by how well they fit a query", ranking.RerankAsync),
            new("POST", "/v1/rerank", "Sort documents by how well they fit a query", ranking.RerankAsync),
            new("POST", "/score", "Tell how well texts fit another", ranking.ScoreAsync),
            new("POST", "/api/embed", "Make vectors of texts, by Ollama's protocol", embeddings.OllamaAsync),
            new("GET", "/v1/models", "List the models", models.ListAsync),
            new("GET", "/v1/models/{model}", "Describe a model", models.GetAsync),
            new("POST", "/v1/load_lora_adapter", "Load an adapter of a model", adapters.LoadAsync),
            new("POST", "/v1/unload_lora_adapter", "Unload an adapter when its requests have ended", adapters.UnloadAsync),
            new("POST", "/api/chat", "Answer a conversation, by Ollama's protocol", ollama.ChatAsync),
            new("POST", "/api/generate", "Answer a text, by Ollama's protocol", ollama.GenerateAsync),
            new("GET", "/api/tags", "List the models, by Ollama's protocol", tags.ListAsync),
            new("GET", "/api/ps", "List the models that are loaded, by Ollama's protocol", tags.ListLoadedAsync),
            new("POST", "/api/show", "Describe a model, by Ollama's protocol", tags.ShowAsync),
            new("GET", "/api/version", "Tell the server's version, by Ollama's protocol",
                VersionEndpoint.GetAsync) { IsOpen = true },
            new("POST", "/tokenize", "Turn a text or a conversation into tokens", tokens.TokenizeAsync),
            new("POST", "/detokenize", "Turn tokens into a text", tokens.DetokenizeAsync),
            new("POST", "/apply-template", "Turn a conversation into a prompt", tokens.ApplyTemplateAsync),
            new("GET", "/props", "Tell how a model is set up", new PropertiesEndpoint(catalog).GetAsync),
            new("GET", "/kv/events", "Tell what happened to the blocks of keys and values", kv.GetEventsAsync),
            new("GET", "/kv/blocks/{name}", "Give a block of keys and values to another engine", kv.GetBlockAsync),
            new("GET", "/metrics", "Tell what is counted, for Prometheus", metrics.GetAsync)
            {
                AnswersWhileDraining = true,
            },
            new("GET", "/health", "Tell whether every engine is well", health.GetHealthAsync)
            {
                IsOpen = true,
                AnswersWhileDraining = true,
            },
            new("GET", "/ready", "Tell whether requests are taken", health.GetReadyAsync)
            {
                IsOpen = true,
                AnswersWhileDraining = true,
            },
            new("GET", "/version", "Tell the server's version", VersionEndpoint.GetAsync)
            {
                IsOpen = true,
                AnswersWhileDraining = true,
            },
            new("GET", "/api/ashlar/engine", "Tell what the engines do", new EngineEndpoint(catalog, lifetime, clock).GetAsync),
        ];
        return [.. routes, OpenApiEndpoint.For(routes), .. pages.Routes];
    }
}

using Ashlar.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Ashlar.Engine;

/// <summary>Models as services of an application.</summary>
public static class AshlarServiceCollectionExtensions
{
    /// <summary>
    /// Registers a model: an <see cref="InferenceEngine"/>, loaded when first asked for, kept as a singleton and disposed with the
    /// container, and on it an <see cref="IChatClient"/>, an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of texts and a
    /// <see cref="DocumentScorer"/>. What a model cannot, for instance chat without a chat template, is an error when that
    /// service is asked for, and no other.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="model">What names a model, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="engineOptions">
    /// How the engine is set up. The properties bind as any options do:
    /// <c>configuration.GetSection("Ashlar").Get&lt;EngineOptions&gt;()</c>.
    /// </param>
    /// <param name="chatOptions">How a conversation becomes a prompt.</param>
    public static IServiceCollection AddAshlar(
        this IServiceCollection services, string model, EngineOptions? engineOptions = null,
        AshlarChatClientOptions? chatOptions = null) => Add(services, null, model, engineOptions, chatOptions);

    /// <summary>As <see cref="AddAshlar"/>, under a key: for several models in one application.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="serviceKey">What all services of this model are asked for by.</param>
    /// <param name="model">What names a model, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="engineOptions">How the engine is set up.</param>
    /// <param name="chatOptions">How a conversation becomes a prompt.</param>
    public static IServiceCollection AddKeyedAshlar(
        this IServiceCollection services, object serviceKey, string model, EngineOptions? engineOptions = null,
        AshlarChatClientOptions? chatOptions = null)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        return Add(services, serviceKey, model, engineOptions, chatOptions);
    }

    private static IServiceCollection Add(
        IServiceCollection services, object? key, string model, EngineOptions? engineOptions, AshlarChatClientOptions? chatOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        services.AddKeyedSingleton(key, (_, _) => InferenceEngine.Load(model, engineOptions));
        services.AddKeyedSingleton<IChatClient>(key, (provider, _) => new AshlarChatClient(EngineOf(provider), chatOptions));
        services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
            key, (provider, _) => new AshlarEmbeddingGenerator(EngineOf(provider)));
        return services.AddKeyedSingleton(key, (provider, _) => new DocumentScorer(EngineOf(provider)));

        InferenceEngine EngineOf(IServiceProvider provider) => provider.GetRequiredKeyedService<InferenceEngine>(key);
    }
}

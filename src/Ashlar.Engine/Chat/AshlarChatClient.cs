using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>A model in this process as an <see cref="IChatClient"/>. Any number of callers may use it at once.</summary>
public sealed class AshlarChatClient : IChatClient
{
    /// <summary>Makes a client of an engine.</summary>
    /// <param name="engine">The engine that generates; it is not disposed with the client.</param>
    /// <param name="options">How a conversation becomes a prompt.</param>
    public AshlarChatClient(InferenceEngine engine, AshlarChatClientOptions? options = null)
    {
    }

    /// <summary>Loads a model and makes a client that owns it.</summary>
    /// <param name="path">What names a model: a GGUF file or a folder.</param>
    /// <param name="options">How a conversation becomes a prompt.</param>
    /// <param name="engineOptions">How the engine is set up.</param>
    public static AshlarChatClient Load(string path, AshlarChatClientOptions? options = null, EngineOptions? engineOptions = null) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => throw new NotImplementedException();

    /// <summary>Disposes the engine if the client owns it.</summary>
    public void Dispose()
    {
    }
}

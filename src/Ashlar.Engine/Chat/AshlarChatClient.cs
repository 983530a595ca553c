using System.Runtime.CompilerServices;
using Ashlar.Models;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>
/// A model in this process as an <see cref="IChatClient"/>. Any number of callers may use it at once. It offers the functions of
/// <see cref="ChatOptions.Tools"/> to the model and hands on its calls, in the format that its chat template asks for, and tells
/// reasoning from the answer. A grammar holds the model to declared functions, to their schemas, and to
/// <see cref="ChatOptions.ToolMode"/>. Beyond the properties of <see cref="ChatOptions"/> it takes these additional ones:
/// <c>min_p</c>, <c>typical_p</c>, <c>repetition_penalty</c>, <c>logit_bias</c> (token ids and numbers), <c>min_tokens</c>,
/// <c>ignore_eos</c> and <c>chat_template_kwargs</c> (variables for the chat template). What it does not support is an error that
/// names it.
/// </summary>
public sealed class AshlarChatClient : IChatClient
{
    private readonly InferenceEngine _engine;
    private readonly ChatPrompt _prompt;
    private readonly TimeProvider _clock;
    private readonly bool _ownsEngine;

    /// <summary>Makes a client of an engine.</summary>
    /// <param name="engine">The engine that generates; it is not disposed with the client.</param>
    /// <param name="options">How a conversation becomes a prompt.</param>
    /// <exception cref="NotSupportedException">The model has no tokenizer or no chat template.</exception>
    /// <exception cref="Models.Templates.TemplateException">The template that was given is not valid.</exception>
    public AshlarChatClient(InferenceEngine engine, AshlarChatClientOptions? options = null)
        : this(engine, options ?? new(), ownsEngine: false)
    {
    }

    private AshlarChatClient(InferenceEngine engine, AshlarChatClientOptions options, bool ownsEngine)
    {
        _engine = engine;
        _clock = options.Clock;
        _prompt = new(engine.Model, options.Template, options.Clock);
        _ownsEngine = ownsEngine;
    }

    /// <summary>Loads a model and makes a client that owns it.</summary>
    /// <param name="path">What names a model, as <see cref="LanguageModel.Load"/> takes it.</param>
    /// <param name="options">How a conversation becomes a prompt.</param>
    /// <param name="engineOptions">How the engine is set up.</param>
    /// <inheritdoc cref="InferenceEngine.Load" path="/exception"/>
    /// <exception cref="NotSupportedException">The model has no tokenizer or no chat template.</exception>
    /// <exception cref="Models.Templates.TemplateException">The template that was given is not valid.</exception>
    public static AshlarChatClient Load(string path, AshlarChatClientOptions? options = null, EngineOptions? engineOptions = null)
    {
        var engine = InferenceEngine.Load(path, engineOptions);
        try
        {
            return new(engine, options ?? new(), ownsEngine: true);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// An option or a message's content is not supported; the message names it.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the message names it, its value and the range.
    /// </exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// An option or a message's content is not supported; the message names it.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the message names it, its value and the range.
    /// </exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var (request, templateVariables) = ChatRequestReader.Read(options, _engine.Model.Name);
        var (tools, choice) = ChatToolReader.Read(options);
        var isParallel = options?.AllowMultipleToolCalls is not false;
        var (prompt, promptTokens) = _prompt.Encode(messages, options?.Instructions, tools, templateVariables);
        request = request with
        {
            PromptTokens = promptTokens,
            VisibleTokens = _prompt.VisibleTokens(tools.Count > 0),
            Grammar = _prompt.Dialect.ForTools(tools, choice, isParallel, prompt),
        };
        var answer = new AnswerReader(_prompt.Dialect.CreateParser(tools, prompt), promptTokens.Length)
        {
            ShowsReasoning = options?.Reasoning?.Output is not ReasoningOutput.None,
            IsParallel = isParallel,
        };

        var id = $"chatcmpl-{Guid.NewGuid():N}";
        var created = _clock.GetUtcNow();
        await foreach (var update in _engine.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            var contents = answer.Read(update);
            var reason = answer.FinishReasonOf(update);
            if (contents.Count == 0 && reason is null) continue;
            yield return new()
            {
                Role = ChatRole.Assistant,
                ResponseId = id,
                MessageId = id,
                ModelId = _engine.Model.Name,
                CreatedAt = created,
                RawRepresentation = update,
                FinishReason = reason,
                Contents = contents,
            };
            if (reason is not null) break;
        }
    }

    /// <summary>Finds what the client is made of.</summary>
    /// <param name="serviceType">
    /// <see cref="ChatClientMetadata"/>, <see cref="InferenceEngine"/>, <see cref="LanguageModel"/>, or a type of this object.
    /// </param>
    /// <param name="serviceKey">Must be null; no service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ChatClientMetadata))
        {
            return new ChatClientMetadata("ashlar", defaultModelId: _engine.Model.Name);
        }
        if (serviceType == typeof(InferenceEngine)) return _engine;
        if (serviceType == typeof(LanguageModel)) return _engine.Model;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Disposes the engine and the model, if the client was made by <see cref="Load"/>.</summary>
    public void Dispose()
    {
        if (_ownsEngine) _engine.Dispose();
    }
}

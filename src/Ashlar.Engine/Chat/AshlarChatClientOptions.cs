namespace Ashlar.Engine;

/// <summary>How a chat client turns a conversation into a prompt.</summary>
public sealed record AshlarChatClientOptions
{
    /// <summary>
    /// The chat template to use in place of the model's own: Jinja, as published with models. For a model that has none and
    /// only continues text, <c>{{ messages[-1].content }}</c> makes the last message the prompt.
    /// </summary>
    public string? Template { get; init; }
}

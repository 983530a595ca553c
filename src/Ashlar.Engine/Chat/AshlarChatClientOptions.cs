namespace Ashlar.Engine;

/// <summary>How a chat client turns a conversation into a prompt.</summary>
public sealed record AshlarChatClientOptions
{
    /// <summary>
    /// The chat template to use in place of the model's own: Jinja, as published with models. A model that merely continues
    /// text has none; <c>{{ bos_token }}{{ messages[-1].content }}</c> lets it continue the last message.
    /// </summary>
    public string? Template { get; init; }

    /// <summary>What templates read the date from, and responses their time. The system's by default.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

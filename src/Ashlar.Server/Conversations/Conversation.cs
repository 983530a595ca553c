using System.Text.Json.Nodes;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Conversations;

/// <summary>A conversation to be answered, whichever protocol it came by.</summary>
/// <param name="Messages">
/// Objects as OpenAI has them: a role (<c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>) and a content that is a text;
/// an assistant's may have <c>reasoning_content</c> and <c>tool_calls</c>, whose arguments are objects; a tool's has a
/// <c>tool_call_id</c>.
/// </param>
internal sealed record Conversation(JsonArray Messages)
{
    /// <summary>The field that the messages stood in, for errors.</summary>
    public string Field { get; init; } = "messages";

    /// <summary>The tools that may or must be called.</summary>
    public OfferedTools Tools { get; init; } = OfferedTools.None;

    /// <summary>What the answer must be; null for anything.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>More variables for the template.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>Whether the prompt ends with the beginning of an answer.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Whether the last message, an assistant's, is to be continued rather than answered.</summary>
    public bool ContinueFinalMessage { get; init; }
}

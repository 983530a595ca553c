using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Server.Errors;

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

    /// <summary>The tools that may be called; none where none may.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>More variables for the template.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>Whether the prompt ends with the beginning of an answer.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Whether the last message, an assistant's, is to be continued rather than answered.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The conversation with tools.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="choice">Whether they may or must be called.</param>
    /// <param name="isParallel">Whether there may be several calls, if that was said.</param>
    public Conversation With(IReadOnlyList<ChatTool> tools, ToolChoice choice, bool? isParallel)
    {
        if (choice.MustCall) throw FieldErrors.Unsupported("tool_choice", "leave the choice to the model, as 'auto'");
        if (isParallel is false && choice.MayCall) throw FieldErrors.Unsupported("parallel_tool_calls", "leave it out");
        return this with { Tools = choice.MayCall ? tools : [] };
    }
}

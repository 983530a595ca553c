using Ashlar.Engine.Dialects;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Reads from <see cref="ChatOptions"/> which tools there are and whether they may or must be called.</summary>
internal static class ChatToolReader
{
    /// <summary>The tools, none where none may be called, and the choice.</summary>
    /// <exception cref="NotSupportedException">A tool is no function.</exception>
    /// <exception cref="ArgumentException">A tool must be called that is not there, or two have one name.</exception>
    public static (IReadOnlyList<ChatTool> Tools, ToolChoice Choice) Read(ChatOptions? options)
    {
        var choice = options?.ToolMode switch
        {
            null or AutoChatToolMode => ToolChoice.Auto,
            NoneChatToolMode => ToolChoice.None,
            RequiredChatToolMode { RequiredFunctionName: { } name } => ToolChoice.Named(name),
            RequiredChatToolMode => ToolChoice.Required,
            var other => throw new NotSupportedException(
                $"this client does not know the {nameof(ChatOptions)}.{nameof(ChatOptions.ToolMode)} {other.GetType().Name}"),
        };
        if (!choice.MayCall) return ([], choice);
        ChatTool[] tools = [.. (options?.Tools ?? []).Select(Read)];
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"two tools have the name '{twice.Key}'; give each its own");
        }

        if (choice.MustCall && !tools.Any(tool => choice.Name is null || tool.Name == choice.Name))
        {
            throw new ArgumentException(
                $"{nameof(ChatOptions.ToolMode)} requires {(choice.Name is null ? "a tool" : $"the tool '{choice.Name}'")}, "
                + $"and {nameof(ChatOptions.Tools)} has none such");
        }

        return (tools, choice);
    }

    private static ChatTool Read(AITool tool) => tool is AIFunctionDeclaration function
        ? new(function.Name, string.IsNullOrEmpty(function.Description) ? null : function.Description, function.JsonSchema)
        : throw new NotSupportedException(
            $"this client calls functions only; the tool '{tool.Name}' is a {tool.GetType().Name}");
}

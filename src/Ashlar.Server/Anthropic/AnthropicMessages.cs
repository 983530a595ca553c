using System.Text.Json;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Anthropic;

/// <summary>Reads <c>system</c> and <c>messages</c>: turns of user and assistant, each a text or an array of content
/// blocks.</summary>
internal static class AnthropicMessages
{
    private const string Name = "messages";
    private const string Expected = "an array of messages, each with a role and a content";

    /// <summary>The conversation. If the last turn is the assistant's, it is to be continued.</summary>
    public static Conversation Read(RequestFields fields)
    {
        var messages = new MessageList();
        if (fields.Take("system") is { } system) messages.Add("system", ContentParts.Text(system, "system", "text"));

        var turns = fields.Array(Name, Expected) ?? throw FieldErrors.Missing(Name, Expected);
        if (turns.GetArrayLength() == 0) throw FieldErrors.Empty(Name, Expected);
        foreach (var (index, turn) in turns.EnumerateArray().Index())
        {
            ReadTurn(ContentParts.Object(turn, $"{Name}[{index}]", "an object with a role and a content"), messages);
        }

        // Turns of nothing but thoughts that nobody here can read make no message.
        if (messages.Messages.Count == 0) throw FieldErrors.Empty(Name, Expected);
        var last = messages.Messages[^1]!;
        return new(messages.Messages)
        {
            ContinueFinalMessage = last["role"]!.GetValue<string>() == "assistant"
                && last["content"]!.GetValue<string>().Length > 0,
        };
    }

    private static void ReadTurn(RequestFields turn, MessageList messages)
    {
        var role = turn.OneOf("role", "user", "assistant") ?? throw FieldErrors.Missing(turn.PathOf("role"), "user or assistant");
        const string Content = "a string, or an array of content blocks";
        switch (turn.Take("content") ?? throw FieldErrors.Missing(turn.PathOf("content"), Content))
        {
            case { ValueKind: JsonValueKind.String } text:
                AddText(role, text.GetString()!, messages);
                break;
            case { ValueKind: JsonValueKind.Array } blocks:
                if (blocks.GetArrayLength() == 0) throw FieldErrors.Empty(turn.PathOf("content"), Content);
                var texts = new List<string>();
                foreach (var (index, block) in blocks.EnumerateArray().Index())
                {
                    ReadBlock(role, ContentParts.Object(block, $"{turn.PathOf("content")}[{index}]", "a content block"), texts,
                        messages);
                }

                if (texts.Count > 0) AddText(role, string.Join('\n', texts), messages);
                break;
            case { } value:
                throw FieldErrors.WrongType(turn.PathOf("content"), value.Describe(), Content);
        }

        turn.RefuseUnread();
    }

    // A user's texts are gathered into one message after the results of tools, which go before what is said to them.
    private static void ReadBlock(string role, RequestFields block, List<string> texts, MessageList messages)
    {
        var type = block.Text("type") ?? throw FieldErrors.Missing(block.PathOf("type"), "the type of a content block");
        block.Object("cache_control", "an object"); // everything is cached that can be
        switch (type)
        {
            case "text":
                texts.Add(Required(block, "text"));
                block.Take("citations");
                break;
            case "tool_result" when role == "user":
                ReadResult(block, messages);
                break;
            case "thinking" when role == "assistant":
                messages.AddReasoning(Required(block, "thinking"));
                block.Text("signature");
                break;
            case "redacted_thinking" when role == "assistant":
                block.Text("data"); // nobody here can read it
                break;
            case "tool_use" when role == "assistant":
                if (texts.Count > 0) AddText(role, string.Join('\n', texts), messages);
                texts.Clear();
                messages.AddCall(Required(block, "id"), Required(block, "name"), CallArguments.Take(block, "input"));
                break;
            default:
                throw ContentParts.UnsupportedPart(block, type, role == "user" ? "text' and 'tool_result"
                    : "text', 'thinking' and 'tool_use");
        }

        block.RefuseUnread();
    }

    private static void ReadResult(RequestFields block, MessageList messages)
    {
        var id = Required(block, "tool_use_id");
        var content = block.Take("content") is { } given ? ContentParts.Text(given, block.PathOf("content"), "text") : "";
        var isError = block.Boolean("is_error") ?? false;
        messages.AddResult(id, isError ? $"Error: {content}" : content);
    }

    private static void AddText(string role, string text, MessageList messages)
    {
        if (role == "user") messages.Add(role, text);
        else messages.AddAnswer(text);
    }

    private static string Required(RequestFields block, string name) =>
        block.Text(name) ?? throw FieldErrors.Missing(block.PathOf(name), "a string");
}

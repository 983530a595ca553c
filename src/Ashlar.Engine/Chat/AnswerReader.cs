using System.Text;
using System.Text.Json;
using Ashlar.Engine.Dialects;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Turns the updates of one generation into contents of an answer: text, reasoning, function calls, usage.</summary>
internal sealed class AnswerReader(DialectParser parser, bool showsReasoning)
{
    private readonly StringBuilder _arguments = new();
    private ToolCallBegun? _call;
    private bool _hasCalls;

    /// <summary>What an update brings; often nothing.</summary>
    public List<AIContent> Read(GenerationUpdate update)
    {
        var contents = new List<AIContent>(2);
        foreach (var one in parser.Append(update.Text)) Read(one, contents);
        if (update.FinishReason is not null)
        {
            foreach (var one in parser.Finish()) Read(one, contents);
        }

        if (update.Usage is { } usage)
        {
            contents.Add(new UsageContent(new()
            {
                InputTokenCount = usage.PromptTokens,
                OutputTokenCount = usage.CompletionTokens,
                TotalTokenCount = usage.TotalTokens,
                CachedInputTokenCount = usage.CachedTokens,
            }));
        }

        return contents;
    }

    /// <summary>Why the answer ended.</summary>
    public ChatFinishReason? FinishReasonOf(GenerationUpdate update) => update.FinishReason switch
    {
        null => null,
        FinishReason.Length => ChatFinishReason.Length,
        _ => _hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
    };

    private void Read(DialectEvent one, List<AIContent> contents)
    {
        switch (one)
        {
            case ContentDelta content:
                contents.Add(new TextContent(content.Text));
                break;
            case ReasoningDelta reasoning when showsReasoning:
                contents.Add(new TextReasoningContent(reasoning.Text));
                break;
            case ToolCallBegun call:
                _call = call;
                _arguments.Clear();
                break;
            case ToolCallArguments arguments:
                _arguments.Append(arguments.Text);
                break;
            case ToolCallEnded:
                _hasCalls = true;
                contents.Add(ToContent(_call!, _arguments.ToString()));
                break;
        }
    }

    // Arguments that are no whole object are the content's exception, which says so to whoever would call the function.
    private static FunctionCallContent ToContent(ToolCallBegun call, string arguments) =>
        FunctionCallContent.CreateFromParsedArguments(
            arguments, call.Id, call.Name,
            static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json, AIJsonUtilities.DefaultOptions)!);
}

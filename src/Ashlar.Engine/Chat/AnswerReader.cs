using System.Text;
using System.Text.Json;
using Ashlar.Engine.Dialects;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Turns the updates of one generation into contents of an answer: text, reasoning, function calls, usage.</summary>
/// <param name="parser">What tells these apart.</param>
/// <param name="promptTokens">Tokens of the prompt.</param>
internal sealed class AnswerReader(DialectParser parser, int promptTokens)
{
    private readonly StringBuilder _arguments = new();
    private ToolCallBegun? _call;
    private int _tokens;
    private bool _hasCalls;

    /// <summary>Whether reasoning is part of the answer.</summary>
    public bool ShowsReasoning { get; init; } = true;

    /// <summary>Whether there may be several calls. If not, the answer ends with the first.</summary>
    public bool IsParallel { get; init; } = true;

    private bool HasEnded => _hasCalls && !IsParallel;

    /// <summary>What an update brings; often nothing.</summary>
    public List<AIContent> Read(GenerationUpdate update)
    {
        var contents = new List<AIContent>(2);
        _tokens += update.Tokens.Length;
        Read(parser.Append(update.Text), contents);
        if (update.FinishReason is not null) Read(parser.Finish(), contents);
        if (update.FinishReason is not null || HasEnded)
        {
            var usage = update.Usage ?? new(promptTokens, _tokens, CachedTokens: 0);
            contents.Add(new UsageContent(new()
            {
                InputTokenCount = usage.PromptTokens,
                OutputTokenCount = usage.CompletionTokens,
                TotalTokenCount = usage.TotalTokens,
                CachedInputTokenCount = update.Usage?.CachedTokens,
            }));
        }

        return contents;
    }

    /// <summary>Why the answer ended with an update; null where it goes on.</summary>
    public ChatFinishReason? FinishReasonOf(GenerationUpdate update) => update.FinishReason switch
    {
        null => HasEnded ? ChatFinishReason.ToolCalls : null,
        FinishReason.Length => ChatFinishReason.Length,
        _ => _hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
    };

    private void Read(IReadOnlyList<DialectEvent> events, List<AIContent> contents)
    {
        foreach (var one in events)
        {
            if (HasEnded) break;
            Read(one, contents);
        }
    }

    private void Read(DialectEvent one, List<AIContent> contents)
    {
        switch (one)
        {
            case ContentDelta content:
                contents.Add(new TextContent(content.Text));
                break;
            case ReasoningDelta reasoning when ShowsReasoning:
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

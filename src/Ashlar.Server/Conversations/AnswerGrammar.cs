using Ashlar.Engine.Dialects;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Conversations;

/// <summary>Finds the grammar that an answer must follow: that of its format, or that of calls of the tools.</summary>
internal static class AnswerGrammar
{
    private const string Format = "response_format";

    /// <summary>The grammar; null where the model is free.</summary>
    /// <param name="model">The model that answers.</param>
    /// <param name="conversation">What it answers.</param>
    /// <param name="prompt">The prompt that this became.</param>
    public static GrammarSource? Of(HostedModel model, Conversation conversation, string prompt)
    {
        var (dialect, tools) = (model.Template.Dialect, conversation.Tools);
        if (conversation.Format is null) return tools.IsEnforced ? OfTools(dialect, tools, prompt) : null;
        if (tools.Choice.MayCall && tools.Tools.Count > 0)
        {
            throw FieldErrors.WrongValue(Format, "given beside tools", "absent, or 'tool_choice' be 'none'");
        }

        // The marks around an answer and before it are none of the format's.
        if (dialect.Name == "harmony") throw FieldErrors.Unsupported(Format, "describe the format to this model in a message");
        if (Thinks(dialect, prompt))
        {
            throw FieldErrors.Unsupported(
                Format, $"model '{model.Name}' thinks before it answers; where it can be asked not to, set 'reasoning_effort' to 'none'");
        }

        return conversation.Format;
    }

    private static GrammarSource? OfTools(ChatDialect dialect, OfferedTools tools, string prompt) =>
        dialect.ForTools(tools.Tools, tools.Choice, tools.IsParallel, prompt) ?? (tools.IsParallel
            ? null // the model's calls are marked by nothing that would tell them from text
            : throw FieldErrors.Unsupported("parallel_tool_calls", "this model's calls cannot be counted; leave it out"));

    private static bool Thinks(ChatDialect dialect, string prompt)
    {
        var parser = dialect.CreateParser([], prompt);
        return parser.Append("x").Concat(parser.Finish()).Any(static said => said is ReasoningDelta);
    }
}

using Ashlar.Engine.Dialects;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Conversations;

/// <summary>Finds the grammar that an answer must follow: that of its format, that of calls of the tools, or either.</summary>
internal static class AnswerGrammar
{
    /// <summary>The grammar; null where the model is free.</summary>
    /// <param name="model">The model that answers.</param>
    /// <param name="conversation">What it answers.</param>
    /// <param name="prompt">The prompt that this became.</param>
    public static OutputFormat? Of(HostedModel model, Conversation conversation, string prompt)
    {
        var (dialect, tools) = (model.Template.Dialect, conversation.Tools);
        var mayCall = tools.Choice.MayCall && tools.Tools.Count > 0;
        if (conversation.Format is not { } format || (mayCall && tools.Choice.MustCall)) // a call has its own form
        {
            return tools.IsEnforced && OfTools(dialect, tools, prompt) is { } calls ? new(calls, "tools") : null;
        }

        if (mayCall) return format with { Grammar = OfEither(dialect, tools, format, prompt) };

        // The marks around an answer and before it are none of the format's.
        var isHarmony = dialect.Name == "harmony";
        if (!isHarmony && !Thinks(dialect, prompt)) return format;
        if (IsJson(format.Grammar, out var schema)) return format with { Grammar = dialect.ForJson(schema, prompt) };
        throw FieldErrors.Unsupported(format.Field, isHarmony
            ? "this model can be held to JSON alone; describe the format to it in a message"
            : $"model '{model.Name}' thinks before it answers, and can be held to JSON alone; "
                + "where it can be asked not to think, set 'reasoning_effort' to 'none'");
    }

    private static GrammarSource? OfTools(ChatDialect dialect, OfferedTools tools, string prompt) =>
        dialect.ForTools(tools.Tools, tools.Choice, tools.IsParallel, prompt) ?? (tools.IsParallel
            ? null // the model's calls are marked by nothing that would tell them from text
            : throw FieldErrors.Unsupported("parallel_tool_calls", "this model's calls cannot be counted; leave it out"));

    // Calls, or else an answer by the format.
    private static GrammarSource OfEither(ChatDialect dialect, OfferedTools tools, OutputFormat format, string prompt)
    {
        const string Mend = "absent beside tools, or 'tool_choice' be 'none'";
        if (!IsJson(format.Grammar, out var schema)) throw FieldErrors.WrongValue(format.Field, "a format other than JSON", Mend);
        return dialect.ForToolsOrJson(tools.Tools, schema, tools.IsParallel, prompt) ?? throw FieldErrors.WrongValue(
            format.Field, "given, and nothing tells this model's calls from JSON", Mend);
    }

    private static bool IsJson(GrammarSource grammar, out string? schema)
    {
        schema = (grammar as JsonSchemaGrammar)?.Schema;
        return grammar is JsonSchemaGrammar or JsonObjectGrammar;
    }

    private static bool Thinks(ChatDialect dialect, string prompt)
    {
        var parser = dialect.CreateParser([], prompt);
        return parser.Append("x").Concat(parser.Finish()).Any(static said => said is ReasoningDelta);
    }
}

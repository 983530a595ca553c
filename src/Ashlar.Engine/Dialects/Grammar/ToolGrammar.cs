using System.Text.Json;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Writes the grammar of an answer with calls: reasoning, text, and calls of declared tools whose arguments follow their schemas.
/// </summary>
/// <param name="dialect">How the model writes them.</param>
/// <param name="tools">The tools that may be called, one or more.</param>
/// <param name="isParallel">Whether there may be several calls.</param>
internal sealed class ToolGrammar(ChatDialect dialect, IReadOnlyList<ChatTool> tools, bool isParallel)
{
    /// <summary>The grammar of an answer that must call.</summary>
    /// <param name="isReasoning">Whether the prompt began the reasoning.</param>
    public string Required(bool isReasoning) => dialect.Calls is { } format
        ? $"root ::= {Reasoning(isReasoning)} {Calls(format)}\n{Rules(format)}"
        : $"root ::= analysis* preamble? call\n{HarmonyRules()}";

    /// <summary>The grammar of an answer that may call; null where the format marks calls by nothing.</summary>
    /// <param name="isReasoning">Whether the prompt began the reasoning.</param>
    public string? Auto(bool isReasoning)
    {
        if (dialect.Calls is not { } format)
        {
            return "root ::= analysis* (final | preamble? call)\n"
                + $"final ::= {FinalMessage} {GbnfText.Anything}\n{HarmonyRules()}";
        }

        return format.Layout.Mark is { } mark
            ? $"root ::= {Reasoning(isReasoning)} {GbnfText.Without(mark)} ({Calls(format)})?\n{Rules(format)}"
            : null;
    }

    /// <summary>The grammar of an answer that calls, or else is JSON; null where the format marks calls by nothing.</summary>
    /// <param name="schema">The schema of the JSON.</param>
    /// <param name="isReasoning">Whether the prompt began the reasoning.</param>
    public string? CallsOr(string schema, bool isReasoning)
    {
        var json = GbnfText.Json(schema);
        if (dialect.Calls is not { } format)
        {
            return $"root ::= analysis* ({FinalMessage} {json} | preamble? call)\n{HarmonyRules()}";
        }

        return format.Layout.Mark is not null
            ? $"root ::= {Reasoning(isReasoning)} ({json} | {Calls(format)})\n{Rules(format)}"
            : null;
    }

    /// <summary>The grammar of an answer in JSON, and no call; reasoning may go before.</summary>
    /// <param name="dialect">How the model writes.</param>
    /// <param name="schema">The schema of the answer.</param>
    /// <param name="isReasoning">Whether the prompt began the reasoning.</param>
    public static string Formatted(ChatDialect dialect, string schema, bool isReasoning)
    {
        var json = GbnfText.Json(schema);
        if (dialect.Calls is not null) return $"root ::= {new ToolGrammar(dialect, [], false).Reasoning(isReasoning)} {json}\n";
        return $"root ::= analysis* {FinalMessage} {json}\n{AnalysisRule}";
    }

    /// <summary>The schema of a tool's arguments.</summary>
    public static string SchemaOf(ChatTool tool) =>
        tool.Parameters is { ValueKind: JsonValueKind.Object } schema ? schema.GetRawText() : """{"type": "object"}""";

    private const string FinalMessage = "\"<|channel|>final<|message|>\"";

    private static string AnalysisRule =>
        $"analysis ::= \"<|channel|>analysis<|message|>\" {GbnfText.Without("<|end|>")} \"<|end|><|start|>assistant\"";

    private string Calls(CallFormat format)
    {
        var layout = format.Layout;
        var more = isParallel ? $" ({GbnfText.Literal(layout.Separator)} call)*" : "";
        return $"{GbnfText.Literal(layout.Open)} call{more} {GbnfText.Literal(layout.Close)}";
    }

    private string Rules(CallFormat format) => $"call ::= {GbnfText.Either(tools.Select(format.CallRule))}\n";

    private string Reasoning(bool isOpen)
    {
        if (dialect.Reasoning is not { } format) return "";
        var rest = $"{GbnfText.Without(format.Close)} {GbnfText.Literal(format.Close)} [ \\n]*";
        return isOpen ? rest : $"([ \\n]* {GbnfText.Either(format.Open.Select(GbnfText.Literal))} {rest})?";
    }

    private string HarmonyRules()
    {
        var body = GbnfText.Without("<|end|>");
        var calls = tools.Select(tool =>
            $"{GbnfText.Literal($"{tool.Name} <|constrain|>json<|message|>")} {GbnfText.Json(SchemaOf(tool))}");
        return $"""
            {AnalysisRule}
            preamble ::= "<|channel|>commentary<|message|>" {body} "<|end|><|start|>assistant"
            call ::= "<|channel|>commentary to=functions." {GbnfText.Either(calls)}

            """;
    }
}

using Ashlar.Engine.Grammars;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// How a model writes reasoning and tool calls into its output, told from its chat template. Immutable and safe for concurrent
/// use.
/// </summary>
public sealed class ChatDialect
{
    private ChatDialect(string name, CallFormat? calls, ReasoningFormat? reasoning, string template)
    {
        (Name, Calls, Reasoning) = (name, calls, reasoning);
        RendersTools = Has(template.Replace("functools", "", StringComparison.Ordinal), "tools") || name == "firefunction";
        PreservedTokens = calls is null
            ? HarmonyOutput.Texts
            : [.. calls.Texts.Concat(reasoning?.Texts ?? []).Distinct()];
    }

    private const string AnyObject = """{"type": "object"}""";

    // What a template says of its model's calls, and the format. The first that fits counts.
    private static readonly (string Text, string Name, Func<string, CallFormat>? Calls)[] Known =
    [
        ("<|channel|>", "harmony", null),
        ("<|tool_calls_section_begin|>", "kimi", _ => SectionFormat.Kimi),
        ("<｜tool▁calls▁begin｜>", "deepseek", source => SectionFormat.DeepSeek(isFenced: Has(source, "```json"))),
        ("[TOOL_CALLS]", "mistral", source => new MistralFormat(isNamed: Has(source, "[ARGS]"))),
        ("<minimax:tool_call>", "minimax", _ => XmlFormat.MiniMax),
        ("<|START_ACTION|>", "command", _ => new JsonFormat("<|START_ACTION|>", "<|END_ACTION|>", isArray: true)
        {
            Members = ("tool_name", "parameters"),
        }),
        ("<arg_key>", "glm", _ => XmlFormat.Glm),
        ("<function=", "qwen-coder", _ => XmlFormat.Qwen),
        ("<|/tool_call|>", "phi", _ => new JsonFormat("<|tool_call|>", "<|/tool_call|>", isArray: true)),
        ("<|tool_call|>", "granite", _ => new JsonFormat("<|tool_call|>", null, isArray: true)),
        ("<TOOLCALL>", "nemotron", _ => new JsonFormat("<TOOLCALL>", "</TOOLCALL>", isArray: true)),
        ("functools[", "firefunction", _ => new JsonFormat("functools", null, isArray: true)),
        ("<tool_call>", "hermes", _ => new JsonFormat("<tool_call>", "</tool_call>", isArray: false)),
        ("<|python_tag|>", "llama", _ => new BareJsonFormat(hasPythonTag: true)),
        ("<|start_header_id|>ipython", "llama", _ => new BareJsonFormat(hasPythonTag: true)),
    ];

    /// <summary>The format's name: <c>hermes</c>, <c>llama</c>, <c>mistral</c>, <c>harmony</c>, ..., or <c>json</c>.</summary>
    public string Name { get; }

    /// <summary>Whether the template shows tools to the model. Where it does not, the prompt must say it in words.</summary>
    public bool RendersTools { get; }

    /// <summary>
    /// The texts that mark reasoning and calls. Those that are special tokens of the model must be visible in the text that is
    /// parsed; see <see cref="VisibleTokens"/>.
    /// </summary>
    public IReadOnlyList<string> PreservedTokens { get; }

    /// <summary>How calls are written; null for harmony, where all is of one piece.</summary>
    internal CallFormat? Calls { get; }

    /// <summary>How reasoning is written; null where there is none, and for harmony.</summary>
    internal ReasoningFormat? Reasoning { get; }

    /// <summary>Whether the template takes one call in a message.</summary>
    internal bool HasOneCallAMessage => Calls?.HasOneCallAMessage ?? true;

    /// <summary>The dialect of a chat template.</summary>
    /// <param name="template">The template's source.</param>
    public static ChatDialect Of(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        foreach (var (text, name, calls) in Known)
        {
            if (!Has(template, text)) continue;
            return calls is null
                ? new(name, null, null, template)
                : new(name, calls(template), ReasoningFormat.Of(template), template);
        }

        return new("json", new BareJsonFormat(hasPythonTag: false), ReasoningFormat.Of(template), template);
    }

    /// <summary>
    /// The special tokens whose text must be part of the output: <see cref="GenerationRequest.VisibleTokens"/>.
    /// </summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="mayCall">Whether there are tools; without, marks of calls need not be seen.</param>
    public IReadOnlyList<int> VisibleTokens(Tokenizer tokenizer, bool mayCall)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var texts = mayCall || Calls is null ? PreservedTokens : Reasoning?.Texts ?? [];
        return [.. texts.Select(tokenizer.FindToken).OfType<int>().Where(tokenizer.IsSpecial)];
    }

    /// <summary>A parser for one output.</summary>
    /// <param name="tools">
    /// The tools that may be called; with none, calls are not looked for and are content. The parser goes by their schemas where
    /// the format does not tell numbers from text.
    /// </param>
    /// <param name="prompt">The rendered prompt, or its end: it may have begun the reasoning.</param>
    /// <param name="random">Where ids of calls come from; one that all share by default.</param>
    public DialectParser CreateParser(IReadOnlyList<ChatTool> tools, string prompt = "", Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(prompt);
        random ??= Random.Shared;
        var mayCall = tools.Count > 0;
        if (Calls is null)
        {
            return new(calls => new HarmonyOutput(calls, mayCall), tools, NewId, HarmonyOutput.HeaderBegunIn(prompt));
        }

        var isOpen = Reasoning?.IsOpenIn(prompt) ?? false;
        return new(calls => new MarkedOutput(calls, mayCall ? Calls : null, Reasoning, isOpen), tools, NewId, "");

        string NewId(string name, int index) => Calls?.NewId(name, index, random) ?? CallFormat.RandomId(random);
    }

    /// <summary>
    /// The grammar that holds an answer to a choice of tools: only declared tools are called, with arguments of their schemas,
    /// and where a call is required there is one. Reasoning may go before.
    /// </summary>
    /// <param name="tools">The tools.</param>
    /// <param name="choice">Whether they may or must be called.</param>
    /// <param name="isParallel">Whether there may be several calls.</param>
    /// <param name="prompt">The rendered prompt, or its end.</param>
    /// <returns>
    /// Null where nothing is to be enforced: none may be called, or the model decides and its format marks calls by nothing.
    /// </returns>
    /// <exception cref="ArgumentException">A call is required and there is no such tool.</exception>
    public GrammarSource? ForTools(IReadOnlyList<ChatTool> tools, ToolChoice choice, bool isParallel = true, string prompt = "")
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(choice);
        ChatTool[] callable = [.. tools.Where(tool => choice.Name is null || tool.Name == choice.Name)];
        if (choice.MustCall && callable.Length == 0)
        {
            throw new ArgumentException($"a call of {choice.Name ?? "a tool"} is required, and there is none such");
        }

        if (!choice.MayCall || callable.Length == 0) return null;
        var isReasoning = Reasoning?.IsOpenIn(prompt) ?? false;
        var grammar = new ToolGrammar(this, callable, isParallel && choice.Name is null);
        return (choice.MustCall ? grammar.Required(isReasoning) : grammar.Auto(isReasoning)) is { } text
            ? new GbnfGrammar(text)
            : null;
    }

    /// <summary>The grammar of an answer that is calls of tools, or else JSON; reasoning may go before.</summary>
    /// <param name="tools">The tools, one or more.</param>
    /// <param name="schema">The JSON schema of an answer that does not call; null for any object.</param>
    /// <param name="isParallel">Whether there may be several calls.</param>
    /// <param name="prompt">The rendered prompt, or its end.</param>
    /// <returns>Null where the format marks calls by nothing, so that they could not be told from JSON.</returns>
    /// <exception cref="ArgumentException">There is no tool.</exception>
    public GrammarSource? ForToolsOrJson(
        IReadOnlyList<ChatTool> tools, string? schema, bool isParallel = true, string prompt = "")
    {
        ArgumentNullException.ThrowIfNull(tools);
        if (tools.Count == 0) throw new ArgumentException("there is no tool; give one or more", nameof(tools));
        var text = new ToolGrammar(this, tools, isParallel).CallsOr(schema ?? AnyObject, Reasoning?.IsOpenIn(prompt) ?? false);
        return text is null ? null : new GbnfGrammar(text);
    }

    /// <summary>The grammar of an answer in JSON, and no call; reasoning may go before.</summary>
    /// <param name="schema">The JSON schema of the answer; null for any object.</param>
    /// <param name="prompt">The rendered prompt, or its end.</param>
    public GrammarSource ForJson(string? schema, string prompt = "")
    {
        if (Calls is not null && Reasoning is null) return schema is null ? new JsonObjectGrammar() : new JsonSchemaGrammar(schema);
        var isReasoning = Reasoning?.IsOpenIn(prompt) ?? false;
        return new GbnfGrammar(ToolGrammar.Formatted(this, schema ?? AnyObject, isReasoning));
    }

    /// <summary>The form of a call's id that the template takes.</summary>
    internal string Adapt(string id) => Calls?.Adapt(id) ?? id;

    /// <summary>Writes calls into an answer, for templates that do not.</summary>
    internal string Spell(IReadOnlyList<SpelledCall> calls) => (Calls ?? new BareJsonFormat(hasPythonTag: false)).Spell(calls);

    private static bool Has(string template, string text) => template.Contains(text, StringComparison.Ordinal);
}

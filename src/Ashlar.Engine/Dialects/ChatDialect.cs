using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// How a model writes reasoning and tool calls into its output, told from its chat template. Immutable and safe for concurrent
/// use.
/// </summary>
public sealed class ChatDialect
{
    private readonly CallFormat? _calls;
    private readonly ReasoningFormat? _reasoning;

    private ChatDialect(string name, CallFormat? calls, ReasoningFormat? reasoning, string template)
    {
        (Name, _calls, _reasoning) = (name, calls, reasoning);
        RendersTools = template.Contains("tools", StringComparison.Ordinal);
        PreservedTokens = calls is null
            ? HarmonyOutput.Texts
            : [.. calls.Texts.Concat(reasoning?.Texts ?? []).Distinct()];
    }

    // What a template says of its model's calls, and the format. The first that fits counts.
    private static readonly (string Text, string Name, Func<CallFormat>? Calls)[] Known =
    [
        ("<|channel|>", "harmony", null),
        ("<|tool_calls_section_begin|>", "kimi", () => SectionFormat.Kimi),
        ("<｜tool▁calls▁begin｜>", "deepseek", () => SectionFormat.DeepSeek),
        ("[TOOL_CALLS]", "mistral", () => new MistralFormat()),
        ("<minimax:tool_call>", "minimax", () => XmlFormat.MiniMax),
        ("<|START_ACTION|>", "command", () => new JsonFormat("<|START_ACTION|>", "<|END_ACTION|>")),
        ("<arg_key>", "glm", () => XmlFormat.Glm),
        ("<function=", "qwen-coder", () => XmlFormat.Qwen),
        ("<|/tool_call|>", "phi", () => new JsonFormat("<|tool_call|>", "<|/tool_call|>")),
        ("<|tool_call|>", "granite", () => new JsonFormat("<|tool_call|>", null)),
        ("functools[", "firefunction", () => new JsonFormat("functools", null)),
        ("<tool_call>", "hermes", () => new JsonFormat("<tool_call>", "</tool_call>")),
        ("<|python_tag|>", "llama", () => new BareJsonFormat(hasPythonTag: true)),
        ("<|start_header_id|>ipython", "llama", () => new BareJsonFormat(hasPythonTag: true)),
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

    internal bool HasOneCallAMessage => _calls?.HasOneCallAMessage ?? true;

    /// <summary>The dialect of a chat template.</summary>
    /// <param name="template">The template's source.</param>
    public static ChatDialect Of(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        foreach (var (text, name, calls) in Known)
        {
            if (!template.Contains(text, StringComparison.Ordinal)) continue;
            return calls is null ? new(name, null, null, template) : new(name, calls(), ReasoningFormat.Of(template), template);
        }

        return new("json", new BareJsonFormat(hasPythonTag: false), ReasoningFormat.Of(template), template);
    }

    /// <summary>The special tokens whose text must be part of the output: <see cref="GenerationRequest.VisibleTokens"/>.</summary>
    public IReadOnlyList<int> VisibleTokens(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return [.. PreservedTokens.Select(tokenizer.FindToken).OfType<int>().Where(tokenizer.IsSpecial)];
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
        if (_calls is null)
        {
            return new(calls => new HarmonyOutput(calls, mayCall), tools, NewId, HarmonyOutput.HeaderBegunIn(prompt));
        }

        var isOpen = _reasoning?.IsOpenIn(prompt) ?? false;
        return new(calls => new MarkedOutput(calls, mayCall ? _calls : null, _reasoning, isOpen), tools, NewId, "");

        string NewId(string name, int index) => _calls?.NewId(name, index, random) ?? CallFormat.RandomId(random);
    }

    /// <summary>The form of a call's id that the template takes.</summary>
    internal string Adapt(string id) => _calls?.Adapt(id) ?? id;
}

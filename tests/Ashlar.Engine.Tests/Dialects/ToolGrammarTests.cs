using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Dialects;

public class ToolGrammarTests(ITestOutputHelper output)
{
    private static readonly ChatTool[] Tools =
    [
        SomeTools.Make("add", """
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a"],
             "additionalProperties": false}
            """),
        SomeTools.Make("find", """
            {"type": "object",
             "properties": {"q": {"type": "string"}, "unit": {"enum": ["c", "f"]}, "exact": {"type": "boolean"}},
             "required": ["q"], "additionalProperties": false}
            """),
    ];

    private static readonly SpelledCall[] Calls =
    [
        new("functions.add:0", "add", new() { ["a"] = 12 }),
        new("functions.find:1", "find", new() { ["q"] = "a <b> {", ["unit"] = "c", ["exact"] = true }),
    ];

    public static TheoryData<string> Templates => new(
        "<tool_call>", "<tool_call> <think>", "<|python_tag|>", "json", "[TOOL_CALLS]", "[TOOL_CALLS] [ARGS] [THINK]",
        "<｜tool▁calls▁begin｜> ```json", "<｜tool▁calls▁begin｜> <think>", "<|tool_calls_section_begin|>",
        "<|tool_call|> <think> <response>",
        "<|tool_call|> <|/tool_call|>", "functools[", "<|START_ACTION|> <|START_THINKING|>", "<function= <think>",
        "<arg_key> <think>",
        "<minimax:tool_call> <think>");

    [Theory, MemberData(nameof(Templates))]
    public void Calls_that_are_written_well_are_accepted_and_others_are_not(string template)
    {
        var dialect = ChatDialect.Of(template);
        var (one, two) = (dialect.Spell([Calls[1]]), dialect.Spell(Calls));
        var required = Compile(dialect, ToolChoice.Required);
        Assert.True(Accepts(required, one), one);
        Assert.True(Accepts(required, two), two);
        Assert.False(Accepts(required, "Hello."));
        Assert.False(Accepts(required, ""));
        Assert.False(Accepts(required, one[..^1]));
        Assert.False(Accepts(required, one.Replace("find", "lose", StringComparison.Ordinal)));
        Assert.False(Accepts(required, two.Replace("12", "\"x\"", StringComparison.Ordinal)));
        Assert.False(Accepts(Compile(dialect, ToolChoice.Required, isParallel: false), two));
        Assert.True(Accepts(Compile(dialect, ToolChoice.Required, isParallel: false), one));
        Assert.True(Accepts(Compile(dialect, ToolChoice.Named("find")), one));
        Assert.False(Accepts(Compile(dialect, ToolChoice.Named("add")), one));
        Assert.Null(dialect.ForTools(Tools, ToolChoice.None));
    }

    [Theory, MemberData(nameof(Templates))]
    public void Text_is_free_until_a_call_begins(string template)
    {
        var dialect = ChatDialect.Of(template);
        if (dialect.Calls!.Layout.Mark is not { } mark)
        {
            Assert.Null(dialect.ForTools(Tools, ToolChoice.Auto));
            return;
        }

        var auto = Compile(dialect, ToolChoice.Auto);
        Assert.True(Accepts(auto, ""));
        Assert.True(Accepts(auto, "Hello."));
        Assert.True(Accepts(auto, $"a {mark[..^1]} b {mark[..2]}{mark[..^1]}"));
        Assert.True(Accepts(auto, "I look.\n" + dialect.Spell(Calls)));
        Assert.False(Accepts(auto, $"Hello {mark} there"));
        Assert.False(Accepts(auto, dialect.Spell([Calls[0] with { Id = "functions.lose:0", Name = "lose" }])));
    }

    [Fact]
    public void Reasoning_goes_before_calls_and_may_speak_of_them()
    {
        var dialect = ChatDialect.Of("<tool_call> <think>");
        var call = dialect.Spell([Calls[0]]);
        foreach (var choice in new[] { ToolChoice.Required, ToolChoice.Auto })
        {
            Assert.True(Accepts(Compile(dialect, choice), "<think>\nA <tool_call>?\n</think>\n\n" + call));
            Assert.True(Accepts(Compile(dialect, choice, prompt: "<think>\n"), "Hm.</think>\n" + call));
        }

        Assert.False(Accepts(Compile(dialect, ToolChoice.Required, prompt: "<think>\n"), "Hm. " + call));
    }

    [Theory, MemberData(nameof(Templates))]
    public void An_answer_is_calls_or_JSON_where_they_can_be_told_apart(string template)
    {
        const string Schema = """
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": false}
            """;
        var dialect = ChatDialect.Of(template);
        var grammar = dialect.ForToolsOrJson(Tools, Schema);
        if (dialect.Calls!.Layout.Mark is null)
        {
            Assert.Null(grammar);
            return;
        }

        var either = Compile(grammar!);
        var (one, two) = (dialect.Spell([Calls[1]]), dialect.Spell(Calls));
        Assert.True(Accepts(either, one), one);
        Assert.True(Accepts(either, two), two);
        Assert.True(Accepts(either, "{\"a\": 1}"));
        Assert.False(Accepts(either, "{\"b\": 1}"));
        Assert.False(Accepts(either, "Hello."));
        Assert.False(Accepts(either, "{\"a\": 1}" + one));
        Assert.False(Accepts(Compile(dialect.ForToolsOrJson(Tools, Schema, isParallel: false)!), two));
        if (dialect.Reasoning is not { } reasoning) return;
        Assert.True(Accepts(either, $"{reasoning.Open[0]}\nHm.\n{reasoning.Close}\n\n{{\"a\": 1}}"));
        var begun = Compile(dialect.ForToolsOrJson(Tools, null, prompt: reasoning.Open[0])!);
        Assert.True(Accepts(begun, $"Hm.{reasoning.Close}{{\"b\": 1}}"));
        Assert.True(Accepts(begun, $"Hm.{reasoning.Close}{one}"));
        Assert.False(Accepts(begun, "{\"b\": 1}"));
    }

    [Fact]
    public void Harmony_answers_in_JSON_on_the_final_channel_or_calls()
    {
        var either = Compile(ChatDialect.Of("<|channel|>").ForToolsOrJson(Tools, null)!);
        const string Analysis = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant";
        Assert.True(Accepts(either, Analysis + "<|channel|>final<|message|>{\"a\": 1}"));
        Assert.True(Accepts(either, Analysis + "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"a\": 1}"));
        Assert.False(Accepts(either, Analysis + "<|channel|>final<|message|>Yes."));
    }

    [Fact]
    public void Harmony_calls_on_the_commentary_channel()
    {
        var dialect = ChatDialect.Of("<|channel|>");
        const string Analysis = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant";
        const string Call = "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"a\": 1}";
        foreach (var text in new[] { Call, Analysis + Call })
        {
            Assert.True(Accepts(Compile(dialect, ToolChoice.Required), text));
            Assert.True(Accepts(Compile(dialect, ToolChoice.Auto), text));
        }

        const string Final = Analysis + "<|channel|>final<|message|>Yes.";
        Assert.True(Accepts(Compile(dialect, ToolChoice.Auto), Final));
        Assert.False(Accepts(Compile(dialect, ToolChoice.Required), Final));
        Assert.False(Accepts(Compile(dialect, ToolChoice.Required), Call.Replace("add", "lose", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Templates)), InlineData("<|channel|>")]
    public void What_a_random_model_writes_under_the_grammar_the_parser_understands(string template)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var dialect = ChatDialect.Of(template);
        var written = 0;
        foreach (var areSpecial in new[] { false, true })
        {
            var vocabulary = Vocabulary(dialect, areSpecial, out var texts);
            var grammar = GrammarCompiler.Compile(
                dialect.ForTools(Tools, ToolChoice.Required)!, vocabulary, TestContext.Current.CancellationToken);
            for (var round = 0; round < 10; round++)
            {
                if (Write(grammar, texts, random) is not { } text) continue;
                written++;
                var transcript = Transcript.Of(dialect.CreateParser(Tools), [text]);
                Assert.True(transcript.Arguments.Count > 0, $"no call in: {text}");
                Assert.DoesNotContain("broken", transcript.ToString(), StringComparison.Ordinal);
                foreach (var arguments in transcript.Arguments.Values)
                {
                    var members = JsonNode.Parse(arguments)!.AsObject();
                    Assert.True(members.ContainsKey("a") || members.ContainsKey("q"), text);
                }
            }
        }

        Assert.True(written > 5, $"only {written} texts were finished");
    }

    private static CompiledGrammar Compile(ChatDialect dialect, ToolChoice choice, bool isParallel = true, string prompt = "") =>
        Compile(dialect.ForTools(Tools, choice, isParallel, prompt)!);

    private static CompiledGrammar Compile(GrammarSource grammar) =>
        GrammarCompiler.Compile(grammar, Bytes, TestContext.Current.CancellationToken);

    private static readonly TokenTable Bytes = new(257, id => id < 256 ? Single[id] : [], [256], []);

    private static byte[][] Single => [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];

    private static bool Accepts(CompiledGrammar grammar, string text)
    {
        var matcher = grammar.CreateMatcher();
        return Encoding.UTF8.GetBytes(text).All(value => matcher.TryAccept(value)) && matcher.IsComplete;
    }

    // Some characters, and the marks of the dialect as tokens of their own.
    private static TokenTable Vocabulary(ChatDialect dialect, bool areSpecial, out string[] texts)
    {
        string[] characters = [.. "abcdfnqtruiefxloj<>{}[]\":,.-_/=|\n 0123456789`;".Select(c => c.ToString()).Distinct()];
        string[] words = ["true", "add", "find", "function", "functions.", "name", "arguments", "json", "assistant"];
        string[] all = texts = [.. characters, .. words, .. dialect.PreservedTokens, "<end>"];
        HashSet<int> special = [all.Length - 1];
        if (areSpecial) special.UnionWith(Enumerable.Range(characters.Length + words.Length, dialect.PreservedTokens.Count));
        // What the marks hold must be there in letters too.
        var missing = string.Concat(dialect.PreservedTokens).Concat("<|constrain|>toolscagp_nemrASIDGR▁｜y").Distinct()
            .Select(c => c.ToString()).Except(all).ToArray();
        string[] whole = texts = [.. all[..^1], .. missing, "<end>"];
        special.Remove(all.Length - 1);
        special.Add(whole.Length - 1);
        return new(
            whole.Length, id => special.Contains(id) ? [] : Encoding.UTF8.GetBytes(whole[id]), [whole.Length - 1],
            special.Select(id => (id, Encoding.UTF8.GetBytes(whole[id]))));
    }

    private static string? Write(CompiledGrammar grammar, string[] texts, Random random)
    {
        var matcher = grammar.CreateMatcher();
        var mask = new uint[grammar.Tokens.MaskLength];
        var text = new StringBuilder();
        for (var step = 0; step < 3000; step++)
        {
            if (matcher.IsComplete && random.Next(2) == 0) return text.ToString();
            matcher.FillMask(mask);
            int[] allowed = [.. Enumerable.Range(0, texts.Length - 1).Where(id => (mask[id >> 5] >> (id & 31) & 1) != 0)];
            Assert.True(allowed.Length > 0 || matcher.IsComplete, $"stuck: {text}");
            if (allowed.Length == 0) return text.ToString();
            var token = allowed[random.Next(allowed.Length)];
            Assert.True(matcher.TryAccept(token));
            text.Append(texts[token]);
        }

        return null;
    }
}

using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Dialects;

public class ChatPromptTemplateTests
{
    // A template and the name of its dialect; whether it writes calls and results itself; and whether the reference rendering of
    // a conversation with a call is what a model would see: it is not where empty content is rendered as an answer of its own.
    public static TheoryData<string, string, bool, bool> Published => new()
    {
        { "meta-llama-Llama-3.1-8B-Instruct", "llama", true, true },
        { "meta-llama-Llama-3.2-3B-Instruct", "llama", true, true },
        { "Qwen-Qwen2.5-7B-Instruct", "hermes", true, true },
        { "Qwen-Qwen3-0.6B", "hermes", true, true },
        { "Qwen3-Coder", "qwen-coder", true, true },
        { "mistralai-Mistral-Nemo-Instruct-2407", "mistral", true, false },
        { "Mistral-Small-3.2-24B-Instruct-2506", "mistral", true, false },
        { "google-gemma-2-2b-it", "json", false, false },
        { "microsoft-Phi-3.5-mini-instruct", "json", false, false },
        { "HuggingFaceTB-SmolLM3-3B", "json", false, false },
        { "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "deepseek", true, false },
        { "deepseek-ai-DeepSeek-V3.1", "deepseek", true, false },
        { "openai-gpt-oss-120b", "harmony", true, true },
        { "ibm-granite-granite-3.3-2B-Instruct", "granite", false, false },
        { "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", "hermes", true, true },
        { "CohereForAI-c4ai-command-r7b-12-2024-tool_use", "command", true, true },
        { "Kimi-K2-Instruct", "kimi", false, false },
        { "GLM-4.6", "glm", true, true },
        { "fireworks-ai-llama-3-firefunction-v2", "firefunction", true, false },
        { "MiniMax-M2", "minimax", true, true },
    };

    [Theory, MemberData(nameof(Published))]
    public void A_published_template_renders_a_call_and_its_result(string name, string dialect, bool takesCalls, bool isReference)
    {
        var template = Load(name);
        Assert.Equal(dialect, template.Dialect.Name);
        var conversation = Conversation();
        var before = conversation.ToJsonString();
        var text = template.Render(conversation, Tools, Variables(), Clock);
        Assert.Equal(before, conversation.ToJsonString());
        foreach (var needle in new[] { "Weather in Paris?", "get_weather", "city", "Paris", "temp" })
        {
            Assert.Contains(needle, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("None", text, StringComparison.Ordinal);
        if (isReference) Assert.Equal(Reference(name, "tool_result"), text);
        if (takesCalls) return;

        // The call is spelled as the model would: the model's own parser understands it.
        var parsed = Transcript.Of(template.Dialect.CreateParser(Tools), [text[AnswerIn(text, template.Dialect)..]]);
        var arguments = JsonNode.Parse(Assert.Single(parsed.Arguments).Value);
        Assert.Equal("""{"city":"Paris","unit":"c"}""", arguments!.ToJsonString());
    }

    [Theory, MemberData(nameof(Published))]
    public void Several_calls_are_all_rendered(string name, string dialect, bool takesCalls, bool isReference)
    {
        _ = (dialect, takesCalls, isReference);
        var conversation = Conversation();
        conversation[1]!["tool_calls"]!.AsArray().Add(Call("call_00002", "add", """{"a": 321, "b": 2}"""));
        conversation.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call_00002", ["content"] = "323" });
        var text = Load(name).Render(conversation, Tools, Variables());
        foreach (var needle in new[] { "Paris", "321", "temp", "323" }) Assert.Contains(needle, text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Published))]
    public void The_tools_are_in_the_prompt(string name, string dialect, bool takesCalls, bool isReference)
    {
        _ = (takesCalls, isReference);
        var conversation = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Weather in Paris?" });
        var template = Load(name);
        var text = template.Render(conversation, Tools, Variables(), Clock);
        Assert.Contains("Current weather of a city", text, StringComparison.Ordinal);
        if (dialect is not ("json" or "firefunction" or "deepseek")) Assert.Equal(Reference(name, "tools"), text);
        Assert.DoesNotContain("get_weather", template.Render(conversation, [], Variables()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Qwen-Qwen3-0.6B", "enable_thinking", false, false)]
    [InlineData("deepseek-ai-DeepSeek-V3.1", "thinking", true, true)]
    [InlineData("deepseek-ai-DeepSeek-V3.1", "thinking", false, false)]
    [InlineData("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "enable_thinking", true, true)]
    [InlineData("GLM-4.6", "enable_thinking", false, false)]
    [InlineData("MiniMax-M2", "x", true, true)]
    public void The_parser_knows_whether_the_prompt_began_the_reasoning(string name, string variable, bool value, bool begins)
    {
        var template = Load(name);
        var conversation = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "2+2?" });
        var variables = Variables();
        variables[variable] = value;
        var prompt = template.Render(conversation, [], variables);
        var parsed = Transcript.Of(template.Dialect.CreateParser([], prompt), ["Hm.</think>4"]).ToString();
        Assert.Equal(begins ? "think:Hm. say:4" : "say:Hm.</think>4", parsed);
    }

    [Fact]
    public void Reasoning_effort_and_the_clock_reach_the_template()
    {
        var variables = Variables();
        variables["reasoning_effort"] = "high";
        var conversation = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "2+2?" });
        var text = Load("openai-gpt-oss-120b").Render(conversation, [], variables, Clock);
        Assert.Contains("Reasoning: high", text, StringComparison.Ordinal);
        Assert.Contains("Current date: 2026-11-20", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasoning_of_an_earlier_answer_reaches_templates_under_both_names()
    {
        var template = new ChatPromptTemplate(ChatTemplate.Parse(
            "{% for m in messages %}{{ m.role }}[{{ m.reasoning_content }}|{{ m.thinking }}]{% endfor %}"));
        var conversation = new JsonArray(
            new JsonObject { ["role"] = "assistant", ["content"] = "4", ["reasoning_content"] = "Hm." });
        Assert.Equal("assistant[Hm.|Hm.]", template.Render(conversation, []));
    }

    [Fact]
    public void Harmony_keeps_the_text_that_went_before_a_call()
    {
        var conversation = Conversation();
        conversation[1]!["content"] = "I look it up.";
        conversation[1]!["reasoning_content"] = "Hm.";
        var text = Load("openai-gpt-oss-120b").Render(conversation, Tools, Variables(), Clock);
        Assert.Contains("<|channel|>analysis<|message|>Hm.\nI look it up.<|end|>", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "{% for m in messages %}{% for c in m.tool_calls %}{{ c.function.name + c.function.arguments }}{% endfor %}"
        + "{{ m.content }}{% endfor %}",
        "Weather in Paris?get_weather{\"city\":\"Paris\",\"unit\":\"c\"}{\"temp\": 21}")]
    [InlineData(
        "{% for m in messages %}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor %}{{ m.content }}{% endfor %}",
        "Weather in Paris?{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"unit\": \"c\"}}{\"temp\": 21}")]
    [InlineData(
        "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no') }}{% endif %}[{{ m.role }}]{{ m.content }}"
        + "{% endfor %}",
        "[user]Weather in Paris?[assistant]{\"name\": \"get_weather\", \"parameters\": {\"city\":\"Paris\",\"unit\":\"c\"}}"
        + "[user]Result of get_weather: {\"temp\": 21}")]
    public void What_a_template_takes_is_found_out_by_trying(string source, string expected) =>
        Assert.Equal(expected, new ChatPromptTemplate(ChatTemplate.Parse(source)).Render(Conversation(), []));

    [Fact]
    public void Parts_of_text_become_text_and_developers_the_system()
    {
        var template = new ChatPromptTemplate(
            ChatTemplate.Parse("{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"));
        var conversation = new JsonArray(
            new JsonObject { ["role"] = "developer", ["content"] = "Be brief." },
            new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray(Part("a"), Part("b")),
            });
        Assert.Equal("[system]Be brief.[user]ab", template.Render(conversation, []));

        JsonObject Part(string text) => new() { ["type"] = "text", ["text"] = text };
    }

    [Fact]
    public void A_template_that_knows_no_tools_has_them_in_words()
    {
        var template = new ChatPromptTemplate(
            ChatTemplate.Parse("{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"));
        var conversation = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" });
        var text = template.Render(conversation, Tools);
        Assert.StartsWith("[user]You can call these functions:\n\n{\"name\":\"get_weather\",", text, StringComparison.Ordinal);
        Assert.EndsWith("answer as usual.\n\nHi", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]", "messages[1].tool_calls[0].function.arguments must be a JSON object")]
    [InlineData("{", "messages[1].tool_calls[0].function.arguments must be a JSON object")]
    public void A_malformed_call_is_an_error_that_names_it(string arguments, string message)
    {
        var conversation = Conversation();
        conversation[1]!["tool_calls"]![0]!["function"]!["arguments"] = arguments;
        var template = new ChatPromptTemplate(ChatTemplate.Parse("{{ messages }}"));
        var error = Assert.Throws<ArgumentException>(() => template.Render(conversation, []));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]", "messages[0] must be an object")]
    [InlineData("""[{"role": 5}]""", "messages[0] has a member of a wrong type")]
    [InlineData("""[{"role": "user", "content": [5]}]""", "messages[0] has a member of a wrong type")]
    [InlineData("""[{"role": "assistant", "tool_calls": [5]}]""", "messages[0] has a member of a wrong type")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{}]}]""", "messages[0].tool_calls[0] has no function with a name")]
    public void A_malformed_message_is_an_error_that_names_it(string messages, string message)
    {
        var template = new ChatPromptTemplate(ChatTemplate.Parse("{{ messages }}"));
        var error = Assert.Throws<ArgumentException>(() => template.Render(JsonNode.Parse(messages)!.AsArray(), []));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static readonly FixedClock Clock = new(new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private static ChatTool[] Tools =>
    [
        SomeTools.Make("get_weather", """
            {"type": "object", "properties": {"city": {"type": "string", "description": "City name"},
             "unit": {"type": "string", "enum": ["c", "f"]}}, "required": ["city"]}
            """) with { Description = "Current weather of a city" },
        SomeTools.Make("add", """
            {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}, "required": ["a", "b"]}
            """) with { Description = "Adds two numbers" },
    ];

    private static JsonArray Conversation() => new(
        new JsonObject { ["role"] = "user", ["content"] = "Weather in Paris?" },
        new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = null,
            ["tool_calls"] = new JsonArray(Call("call_00001", "get_weather", """{"city": "Paris", "unit": "c"}""")),
        },
        new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call_00001", ["content"] = "{\"temp\": 21}" });

    private static JsonObject Call(string id, string name, string arguments) => new()
    {
        ["id"] = id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
    };

    private static JsonObject Variables() => new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    private static ChatPromptTemplate Load(string name) =>
        new(ChatTemplate.Parse(File.ReadAllText(Conformance.Path("chat_templates", name + ".jinja"))));

    private static string Reference(string name, string kind) => (string)JsonNode.Parse(
        File.ReadAllText(Conformance.Path("chat_templates", "cases.json")))!.AsArray()
        .Single(one => (string?)one!["template"] == name && (string?)one["case"] == kind)!["expected"]!;

    private static int AnswerIn(string text, ChatDialect dialect) =>
        text.LastIndexOf(
            dialect.Name switch
            {
                "granite" => "<|tool_call|>",
                "kimi" => "<|tool_calls_section_begin|>",
                _ => "{\"name\": \"get_weather\", \"p",
            },
            StringComparison.Ordinal);
}

using Ashlar.Engine.Dialects;

namespace Ashlar.Engine.Tests.Dialects;

public class DialectParserTests
{
    private static readonly ChatTool[] Tools = SomeTools.All;

    [Theory]
    [InlineData("", "")]
    [InlineData("Hello, world.\n", "say:Hello, world.\n")]
    [InlineData(" Hello", "say: Hello")]
    [InlineData("a < b and <tool", "say:a < b and <tool")]
    [InlineData("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>", "call:add with:{\"a\": 1} done")]
    [InlineData("I look.\n\n<tool_call>{\"name\":\"add\",\"arguments\":{}}</tool_call>\n", "say:I look. call:add with:{} done")]
    [InlineData(
        "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>\n<tool_call>\n"
        + "{\"name\": \"find\", \"arguments\": {\"q\": \"}{\\\"]\\u00e9\\\\\"}}\n</tool_call>",
        "call:add with:{\"a\": 1} done call:find with:{\"q\": \"}{\\\"]\\u00e9\\\\\"} done")]
    [InlineData(
        "<tool_call>{\"arguments\": {\"a\": [1, {}]}, \"name\": \"add\"}</tool_call>",
        "call:add with:{\"a\": [1, {}]} done")]
    [InlineData(
        "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": \\\"x\\\\ny\\\"}\"}</tool_call>",
        "call:add with:{\"a\": \"x\\ny\"} done")]
    [InlineData("<tool_call>{\"name\": \"add\", \"arguments\": null}</tool_call>", "call:add with:{} done")]
    [InlineData("<tool_call>{\"name\": \"add\"}</tool_call>", "call:add with:{} done")]
    [InlineData(
        "<tool_call>{\"type\": \"function\", \"function\": {\"name\": \"add\", \"arguments\": {}}}</tool_call>",
        "call:add with:{} done")]
    [InlineData(
        "<tool_call>[{\"name\": \"add\", \"arguments\": {}}, {\"name\": \"find\"}]</tool_call>",
        "call:add with:{} done call:find with:{} done")]
    [InlineData(
        "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": \"x\ny\"}}</tool_call>",
        "call:add with:{\"a\": \"x\\ny\"} done")]
    [InlineData(
        "<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call> Then this.",
        "call:add with:{} done say:Then this.")]
    [InlineData("<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1}}", "call:add with:{\"a\": 1} done")]
    [InlineData("<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1", "call:add with:{\"a\": 1 broken")]
    [InlineData(
        "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 01}}</tool_call>",
        "call:add with:{\"a\": 0 broken say:1}}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"add\", \"arguments\": {}}}\n</tool_call>", "call:add with:{} done")]
    [InlineData("<tool_call>no call</tool_call>", "say:<tool_call>no call</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"ad", "say:<tool_call>{\"name\": \"ad")]
    [InlineData("<tool_call>{\"name\": 5}</tool_call>", "say:<tool_call>{\"name\": 5}</tool_call>")]
    [InlineData(
        "<tool_call><tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>",
        "say:<tool_call> call:add with:{} done")]
    [InlineData("<think>\nHm.\n</think>\n\nYes.", "think:Hm. say:Yes.")]
    [InlineData("<think></think>Yes.", "say:Yes.")]
    [InlineData(
        "\n<think>a</think><tool_call>{\"name\": \"add\"}</tool_call><think>b</think>c",
        "think:a call:add with:{} done think:\nb say:c")]
    [InlineData("Look at <think> here", "say:Look at <think> here")]
    [InlineData("<think>never ended </thi", "think:never ended </thi")]
    public void Hermes(string output, string expected) => Check("tools <tool_call> <think>", output, expected);

    [Theory]
    [InlineData("Hm.</think>Yes.", "think:Hm. say:Yes.")]
    [InlineData("Hm.", "think:Hm.")]
    public void A_prompt_may_begin_the_reasoning(string output, string expected) =>
        Check("tools <tool_call> <think>", output, expected, prompt: "<|im_start|>assistant\n<think>\n");

    [Theory]
    [InlineData("{\"name\": \"add\", \"parameters\": {\"a\": 1}}", "call:add with:{\"a\": 1} done")]
    [InlineData("{\"type\": \"function\", \"name\": \"add\", \"parameters\": {\"a\": 1}}", "call:add with:{\"a\": 1} done")]
    [InlineData("<|python_tag|>{\"name\": \"add\", \"parameters\": {}}", "call:add with:{} done")]
    [InlineData(
        "{\"name\": \"add\", \"parameters\": {}}; {\"name\": \"find\", \"parameters\": {}}",
        "call:add with:{} done call:find with:{} done")]
    [InlineData(
        "{\"name\": \"add\", \"parameters\": {}}\n{\"name\": \"find\", \"parameters\": {}}",
        "call:add with:{} done call:find with:{} done")]
    [InlineData("{\"name\": \"Bob\", \"age\": 5}", "say:{\"name\": \"Bob\", \"age\": 5}")]
    [InlineData("{\"answer\": 5}", "say:{\"answer\": 5}")]
    [InlineData("Well: {\"name\": \"add\", \"parameters\": {}}", "say:Well: {\"name\": \"add\", \"parameters\": {}}")]
    [InlineData(
        "<|python_tag|>find.call(query=\"a \\\"b\\\", c\", n=3)",
        "call:find with:{\"query\":\"a \\u0022b\\u0022, c\",\"n\":3} done")]
    [InlineData("<|python_tag|>print(1)\nprint(2)", "call:python with:{\"code\": \"print(1)\\nprint(2)\"} done")]
    public void Llama(string output, string expected) => Check("tools <|python_tag|>", output, expected);

    [Theory]
    [InlineData("{\"name\": \"add\", \"parameters\": {\"a\": 1}}", "call:add with:{\"a\": 1} done")]
    [InlineData("```json\n{\"name\": \"add\", \"arguments\": {}}\n```", "call:add with:{} done")]
    [InlineData("[{\"name\": \"add\"}, {\"name\": \"find\"}]", "call:add with:{} done call:find with:{} done")]
    [InlineData("```json\n[1, 2]\n```", "say:```json\n[1, 2]\n```")]
    [InlineData("[1, 2]", "say:[1, 2]")]
    public void Plain_json(string output, string expected) => Check("a template", output, expected);

    [Theory]
    [InlineData(
        "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}, {\"name\": \"find\", \"arguments\": {}}]",
        "call:add with:{\"a\": 1} done call:find with:{} done")]
    [InlineData(
        "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}]",
        "call:add with:{\"a\": 1} done")]
    [InlineData(
        "[TOOL_CALLS]add[ARGS]{\"a\": 1}[TOOL_CALLS]find[CALL_ID]abcdefghi[ARGS]{}",
        "call:add with:{\"a\": 1} done call:find with:{} done")]
    [InlineData("Text.[TOOL_CALLS]add{\"a\": 1}", "say:Text. call:add with:{\"a\": 1} done")]
    [InlineData("[TOOL_CALLS]two words[ARGS]{}", "say:[TOOL_CALLS]two words[ARGS]{}")]
    [InlineData("[THINK]Hm.[/THINK]Yes.", "think:Hm. say:Yes.")]
    [InlineData("[TOOL] is no mark", "say:[TOOL] is no mark")]
    public void Mistral(string output, string expected) => Check("tools [TOOL_CALLS] [THINK]", output, expected);

    [Theory]
    [InlineData(
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{\"a\":"
        + " 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function"
        + "<｜tool▁sep｜>find\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "call:add with:{\"a\": 1} done call:find with:{} done")]
    [InlineData(
        "Hm.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\":"
        + " 1}<｜tool▁call▁end｜><｜tool▁call▁begin｜>find<｜tool▁sep｜>{}"
        + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "say:Hm. call:add with:{\"a\": 1} done call:find with:{} done")]
    [InlineData("<｜tool▁calls▁begin｜>nothing", "say:<｜tool▁calls▁begin｜>nothing")]
    [InlineData("<think>\nHm.\n</think>\n\nYes.", "think:Hm. say:Yes.")]
    public void DeepSeek(string output, string expected) => Check("tools <｜tool▁calls▁begin｜> <think>", output, expected);

    [Theory]
    [InlineData(
        "Hm.<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{\"a\": 1}<|tool_call_end|>"
        + "<|tool_call_begin|>functions.find:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>",
        "say:Hm. call:add with:{\"a\": 1} done call:find with:{} done")]
    [InlineData("<|tool_call_begin|>add<|tool_call_argument_begin|>{}", "call:add with:{} done")]
    public void Kimi(string output, string expected) => Check("tools <|tool_calls_section_begin|>", output, expected);

    [Theory]
    [InlineData("<|tool_call|>[{\"name\": \"add\", \"arguments\": {\"a\": 1}}]", "call:add with:{\"a\": 1} done")]
    [InlineData("<think>Hm.</think><response>Yes.</response>", "think:Hm. say:Yes.")]
    public void Granite(string output, string expected) => Check("<|tool_call|> <think></think> <response>", output, expected);

    [Theory]
    [InlineData("<TOOLCALL>[{\"name\": \"add\", \"arguments\": {\"a\": 1}}]</TOOLCALL>", "call:add with:{\"a\": 1} done")]
    public void Nemotron(string output, string expected) => Check("tools <TOOLCALL>", output, expected);

    [Theory]
    [InlineData(" functools[{\"name\": \"add\", \"arguments\": {}}]", "call:add with:{} done")]
    [InlineData("import functools", "say:import functools")]
    public void FireFunction(string output, string expected) => Check("tools functools[", output, expected);

    [Theory]
    [InlineData(
        "<|START_THINKING|>Hm.<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"add\","
        + " \"parameters\": {\"a\": 1}}\n]<|END_ACTION|>",
        "think:Hm. call:add with:{\"a\": 1} done")]
    [InlineData("<|START_RESPONSE|>Yes.<|END_RESPONSE|>", "say:Yes.")]
    public void Command(string output, string expected) => Check("tools <|START_ACTION|> <|START_THINKING|>", output, expected);

    [Theory]
    [InlineData(
        "<tool_call>\n<function=find>\n<parameter=q>\na"
        + " \"b\"\n\nc\n</parameter>\n<parameter=n>\n5\n</parameter>\n</function>\n</tool_call>",
        "call:find with:{\"q\": \"a \\\"b\\\"\\n\\nc\", \"n\": 5} done")]
    [InlineData(
        "<tool_call>\n<function=find>\n<parameter=q>\n5\n</parameter>\n<parameter=flag>\nTrue\n</parameter>\n<parameter=l"
        + "ist>\n[1, \"x\"]\n</parameter>\n"
        + "<parameter=other>\nx y\n</parameter>\n</function>\n</tool_call>",
        "call:find with:{\"q\": \"5\", \"flag\": true, \"list\": [1, \"x\"], \"other\": \"x y\"} done")]
    [InlineData("<tool_call>\n<function=add>\n</function>\n</tool_call>", "call:add with:{} done")]
    [InlineData("<function=add>\n</function>\n</tool_call>", "call:add with:{} done")]
    [InlineData("Text <function of x", "say:Text <function of x")]
    [InlineData("<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n</tool_call>", "call:add with:{} done")]
    [InlineData("<tool_call>\n<function=find>\n<parameter=q>\n<b>x</b", "call:find with:{\"q\": \"<b>x</b broken")]
    public void Qwen_coder(string output, string expected) => Check("tools <function= <tool_call>", output, expected);

    [Theory]
    [InlineData(
        "\n<tool_call>find\n<arg_key>q</arg_key>\n<arg_value>5</arg_value>\n<arg_key>n</arg_key>\n<arg_value>7</arg_value"
        + ">\n</tool_call>",
        "call:find with:{\"q\": \"5\", \"n\": 7} done")]
    [InlineData("<tool_call>add\n</tool_call>", "call:add with:{} done")]
    public void Glm(string output, string expected) => Check("tools <arg_key> <tool_call>", output, expected);

    [Theory]
    [InlineData(
        "Hm.\n</think>\n\nText\n<minimax:tool_call>\n<invoke name=\"find\">\n<parameter"
        + " name=\"q\">a\nb</parameter>\n<parameter name=\"n\">2.5</parameter>\n"
        + "</invoke>\n<invoke name=\"add\">\n</invoke>\n</minimax:tool_call>",
        "think:Hm. say:Text call:find with:{\"q\": \"a\\nb\", \"n\": 2.5} done call:add with:{} done")]
    public void MiniMax(string output, string expected) =>
        Check("tools <minimax:tool_call> <think>", output, expected, prompt: "]~b]ai\n<think>\n");

    [Theory]
    [InlineData("<|channel|>final<|message|>Yes.", "say:Yes.")]
    [InlineData(
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
        "think:Hm. say:Yes.")]
    [InlineData(
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.add"
        + " <|constrain|>json<|message|>{\"a\": 1}<|call|>",
        "think:Hm. call:add with:{\"a\": 1} done")]
    [InlineData(
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant to=functions.add<|channel|>commentary"
        + " json<|message|>{\"a\": 1}",
        "think:Hm. call:add with:{\"a\": 1} done")]
    [InlineData(" to=functions.add<|channel|>analysis code<|message|>{\"a\": 1}", "call:add with:{\"a\": 1} done")]
    [InlineData(
        "<|channel|>commentary<|message|>First this.<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
        "say:First this.\nYes.")]
    [InlineData("Just text", "say:Just text")]
    [InlineData("<|channel|>fin", "say:<|channel|>fin")]
    [InlineData("<|start|>assistant<|channel|>final<|message|>Yes.", "say:Yes.")]
    [InlineData(
        "<|channel|>commentary to=functions.add<|message|>print(1)",
        "say:<|channel|>commentary to=functions.add<|message|>print(1)")]
    public void Harmony(string output, string expected) => Check("<|channel|>", output, expected, prompt: "x<|start|>assistant");

    [Fact]
    public void A_header_of_harmony_has_an_end()
    {
        var output = "<|channel|>" + new string('x', 1100) + "<|channel|>y<|message|>z";
        Check("<|channel|>", output, "say:<|channel|>" + new string('x', 1100) + "\nz", cuts: 40);
    }

    [Fact]
    public void Harmony_goes_on_with_the_header_that_the_prompt_began() =>
        Check("tools <|channel|>", "Yes.", "say:Yes.", prompt: "<|start|>assistant<|channel|>final<|message|>");

    [Fact]
    public void Without_tools_calls_are_content()
    {
        const string Output = "<think>a</think><tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>";
        var parser = ChatDialect.Of("<tool_call> <think>").CreateParser([]);
        Assert.Equal("think:a say:" + Output[16..], Transcript.Of(parser, [Output]).ToString());
    }

    [Theory]
    [InlineData("<tool_call>", "<tool_call>{\"name\": \"add\"}</tool_call>", "^call_[A-Za-z0-9]{24}$")]
    [InlineData("[TOOL_CALLS]", "[TOOL_CALLS]add[ARGS]{}", "^[A-Za-z0-9]{9}$")]
    [InlineData("[TOOL_CALLS]", "[TOOL_CALLS]add[CALL_ID]abc456789[ARGS]{}", "^abc456789$")]
    [InlineData(
        "<|tool_calls_section_begin|>",
        "<|tool_call_begin|>functions.add:3<|tool_call_argument_begin|>{}",
        "^functions[.]add:3$")]
    [InlineData("<|tool_calls_section_begin|>", "<|tool_call_begin|>add<|tool_call_argument_begin|>{}", "^functions[.]add:0$")]
    public void Ids_have_the_form_that_the_model_knows(string template, string output, string form)
    {
        var transcript = Transcript.Of(ChatDialect.Of(template).CreateParser(Tools), [output]);
        Assert.Matches(form, Assert.Single(transcript.Ids));
    }

    [Fact]
    public void Content_is_passed_on_as_soon_as_it_is_certain()
    {
        var parser = ChatDialect.Of("<tool_call>").CreateParser(Tools);
        Assert.Equal([new ContentDelta("I")], parser.Append("I"));
        Assert.Equal([new ContentDelta(" look")], parser.Append(" look <tool"));
        Assert.Equal([new ContentDelta(" <toolbox")], parser.Append("box"));
        Assert.Empty(parser.Append("\n<tool_call>{\"name\": \"add\", \"argum"));
        Assert.Equal(["ToolCallBegun", "ToolCallArguments"], parser.Append("ents\": {").Select(e => e.GetType().Name));
        Assert.Equal([new ToolCallArguments(0, "\"a\": 1")], parser.Append("\"a\": 1"));
        Assert.Equal([new ToolCallArguments(0, "}"), new ToolCallEnded(0, true)], parser.Append("}}"));
        Assert.Empty(parser.Append("</tool_call>"));
        Assert.Empty(parser.Finish());
    }

    private static void Check(string template, string output, string expected, string prompt = "", int cuts = int.MaxValue)
    {
        var dialect = ChatDialect.Of(template);
        Assert.Equal(expected, Parse([output]));
        Assert.Equal(expected, Parse(output.Select(c => c.ToString())));
        for (var cut = 1; cut < output.Length; cut += 1 + (output.Length / cuts))
        {
            Assert.Equal(expected, Parse([output[..cut], output[cut..]]));
        }

        string Parse(IEnumerable<string> pieces) => Transcript.Of(dialect.CreateParser(Tools, prompt), pieces).ToString();
    }
}

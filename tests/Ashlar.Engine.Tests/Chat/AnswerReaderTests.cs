using System.Text.Json;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Chat;

public class AnswerReaderTests
{
    private static readonly ChatDialect Hermes = ChatDialect.Of("tools <tool_call> <think>");

    [Fact]
    public void Contents_come_in_the_order_of_the_output()
    {
        var (contents, reason) = Read(
            "<think>\nHm.\n</think>\n\nI look.\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": [2]}}\n</tool_call>");
        Assert.Equal("Hm.", Assert.IsType<TextReasoningContent>(contents[0]).Text);
        Assert.Equal("I look.", Assert.IsType<TextContent>(contents[1]).Text);
        var call = Assert.IsType<FunctionCallContent>(contents[2]);
        Assert.Equal("add", call.Name);
        Assert.StartsWith("call_", call.CallId, StringComparison.Ordinal);
        Assert.Equal("""{"a":1,"b":[2]}""", JsonSerializer.Serialize(call.Arguments));
        Assert.Null(call.Exception);
        Assert.Equal(7, Assert.IsType<UsageContent>(contents[3]).Details.InputTokenCount);
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
    }

    [Fact]
    public void An_answer_without_calls_stops()
    {
        var (contents, reason) = Read("Yes.");
        Assert.Equal("Yes.", Assert.IsType<TextContent>(contents[0]).Text);
        Assert.Equal(ChatFinishReason.Stop, reason);
    }

    [Fact]
    public void A_call_that_was_cut_off_says_so()
    {
        var (contents, reason) = Read("<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1", FinishReason.Length);
        Assert.NotNull(contents.OfType<FunctionCallContent>().Single().Exception);
        Assert.Equal(ChatFinishReason.Length, reason);
    }

    [Fact]
    public void Reasoning_is_left_out_where_it_is_not_wanted()
    {
        var (contents, _) = Read("<think>Hm.</think>Yes.", showsReasoning: false);
        Assert.Empty(contents.OfType<TextReasoningContent>());
        Assert.Equal("Yes.", contents.OfType<TextContent>().Single().Text);
    }

    [Fact]
    public void An_answer_that_may_have_one_call_ends_with_it()
    {
        const string Call = "<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>";
        var reader = new AnswerReader(Hermes.CreateParser([new("add")]), promptTokens: 7) { IsParallel = false };
        var update = Update(Call + Call + "More.") with { Tokens = new[] { 1, 2, 3 } };
        var contents = reader.Read(update);
        Assert.Equal(["FunctionCallContent", "UsageContent"], contents.Select(content => content.GetType().Name));
        Assert.Equal(10, ((UsageContent)contents[1]).Details.TotalTokenCount);
        Assert.Equal(ChatFinishReason.ToolCalls, reader.FinishReasonOf(update));
    }

    [Fact]
    public async Task A_function_is_called_and_its_result_goes_back_into_the_prompt()
    {
        // What the model says is given; all from its text to the function and back to the next prompt is real.
        var add = AIFunctionFactory.Create((int a, int b) => a + b, "add", "Adds two numbers.");
        var (tools, choice) = ChatToolReader.Read(new() { Tools = [add] });
        Assert.Equal(ToolChoice.Auto, choice);
        var template = new ChatPromptTemplate(ChatTemplate.Parse(
            "{{ tools | tojson }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% for c in m.tool_calls %}<tool_call>"
            + "{{ c.function | tojson }}</tool_call>{% endfor %}{% endfor %}[assistant]"));
        List<ChatMessage> conversation = [new(ChatRole.User, "What is 2 + 3?")];
        var answer = new AnswerReader(template.Dialect.CreateParser(tools, Prompt()), promptTokens: 7);
        var contents = answer.Read(Update(
            "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 2, \"b\": 3}}</tool_call>", FinishReason.Stop));
        conversation.Add(new(ChatRole.Assistant, contents));
        foreach (var call in contents.OfType<FunctionCallContent>())
        {
            var result = await add.InvokeAsync(new(call.Arguments), TestContext.Current.CancellationToken);
            conversation.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
        }

        Assert.EndsWith(
            "[user]What is 2 + 3?[assistant]<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 2, \"b\": 3}}</tool_call>"
            + "[tool]5[assistant]",
            Prompt(), StringComparison.Ordinal);
        Assert.Contains("Adds two numbers.", Prompt(), StringComparison.Ordinal);

        string Prompt() => template.Render(ChatMessageReader.Read(conversation, null), tools);
    }

    [Fact]
    public void Tools_and_modes_are_read_and_checked()
    {
        var function = AIFunctionFactory.Create(() => 1, "f");
        Assert.Equal(ToolChoice.Required, ChatToolReader.Read(With(ChatToolMode.RequireAny)).Choice);
        Assert.Equal(ToolChoice.Named("f"), ChatToolReader.Read(With(ChatToolMode.RequireSpecific("f"))).Choice);
        Assert.Empty(ChatToolReader.Read(With(ChatToolMode.None)).Tools);
        var missing = Assert.Throws<ArgumentException>(() => ChatToolReader.Read(With(ChatToolMode.RequireSpecific("g"))));
        Assert.Contains("requires the tool 'g'", missing.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ChatToolReader.Read(new() { Tools = [function, function] }));
        var other = Assert.Throws<NotSupportedException>(
            () => ChatToolReader.Read(new() { Tools = [new HostedWebSearchTool()] }));
        Assert.Contains("HostedWebSearchTool", other.Message, StringComparison.Ordinal);

        ChatOptions With(ChatToolMode mode) => new() { Tools = [function], ToolMode = mode };
    }

    [Fact]
    public void An_effort_to_reason_with_reaches_the_template_unless_the_caller_says_otherwise()
    {
        var options = new ChatOptions
        {
            Reasoning = new() { Effort = ReasoningEffort.None },
            AdditionalProperties = new() { ["chat_template_kwargs"] = new Dictionary<string, object?> { ["thinking"] = true } },
        };
        var (_, variables) = ChatRequestReader.Read(options, "model");
        Assert.Equal("""{"enable_thinking":false,"thinking":true,"reasoning_effort":"low"}""", variables!.ToJsonString());
    }

    private static (List<AIContent> Contents, ChatFinishReason? Reason) Read(
        string text, FinishReason reason = FinishReason.Stop, bool showsReasoning = true)
    {
        var reader = new AnswerReader(Hermes.CreateParser([new("add")]), promptTokens: 7) { ShowsReasoning = showsReasoning };
        var last = Update("", reason) with { Usage = new(7, 5, 0) };
        return ([.. reader.Read(Update(text)), .. reader.Read(last)], reader.FinishReasonOf(last));
    }

    private static GenerationUpdate Update(string text, FinishReason? reason = null) =>
        new() { Tokens = default, Text = text, FinishReason = reason };
}

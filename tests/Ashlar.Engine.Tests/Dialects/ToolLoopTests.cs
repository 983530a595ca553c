using System.Text.Json;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Dialects;

public class ToolLoopTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const string Template =
        "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}{% for c in m.tool_calls %}<tool_call>\n"
        + "{{ c.function | tojson }}\n</tool_call>{% endfor %}{{ '\n' }}{% endfor %}assistant:{# tools #}";

    private static readonly ChatTool Add = SomeTools.Make("add", """
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 99},
         "b": {"type": "integer", "minimum": 0, "maximum": 99}}, "required": ["a", "b"], "additionalProperties": false}
        """);

    [Fact]
    public async Task A_real_model_held_to_a_call_has_a_real_function_called_and_sees_its_result()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var sums = new List<int>();
        var function = AIFunctionFactory.Create(
            (int a, int b) =>
            {
                sums.Add(a + b);
                return a + b;
            },
            "add");
        using var client = new AshlarChatClient(stories.Engine, new() { Template = Template });
        List<ChatMessage> conversation = [new(ChatRole.User, "What is 2 + 3?")];
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.CreateDeclaration("add", Add.Description, Add.Parameters!.Value)],
            ToolMode = ChatToolMode.RequireAny,
            AllowMultipleToolCalls = false,
            Temperature = 1,
            Seed = 1,
            MaxOutputTokens = 200,
        };
        var answer = await client.GetResponseAsync(conversation, options, cancelled);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        var call = Assert.Single(answer.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Null(call.Exception);
        var result = await function.InvokeAsync(new(call.Arguments), cancelled);
        Assert.InRange(Assert.Single(sums), 0, 198);

        conversation.AddRange(answer.Messages);
        conversation.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
        options.ToolMode = ChatToolMode.Auto;
        options.MaxOutputTokens = 8;
        var next = await client.GetResponseAsync(conversation, options, cancelled);
        var seen = new ChatPromptTemplate(ChatTemplate.Parse(Template)).Render(
            ChatMessageReader.Read(conversation, null), [Add], new() { ["bos_token"] = "<s>" });
        Assert.EndsWith($"</tool_call>\ntool: {sums[0]}\nassistant:", seen, StringComparison.Ordinal);
        Assert.Equal(stories.Model.Tokenizer!.Encode(seen, parseSpecial: true).Length, next.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task Streamed_or_not_a_seed_gives_the_same_calls()
    {
        using var client = new AshlarChatClient(stories.Engine, new() { Template = Template });
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.CreateDeclaration("add", Add.Description, Add.Parameters!.Value)],
            ToolMode = ChatToolMode.RequireSpecific("add"),
            Temperature = 1,
            Seed = 5,
            MaxOutputTokens = 200,
        };
        var whole = await client.GetResponseAsync("Add.", options, TestContext.Current.CancellationToken);
        var updates = await client.GetStreamingResponseAsync("Add.", options, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Calls(whole.Messages[0].Contents), Calls(updates.SelectMany(update => update.Contents)));
        Assert.Single(Calls(whole.Messages[0].Contents));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);

        static IEnumerable<string> Calls(IEnumerable<AIContent> contents) => contents.OfType<FunctionCallContent>()
            .Select(call => call.Name + JsonSerializer.Serialize(call.Arguments));
    }
}

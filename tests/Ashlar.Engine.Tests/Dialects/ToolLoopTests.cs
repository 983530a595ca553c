using System.Text;
using Ashlar.Engine.Dialects;
using Ashlar.Engine.Grammars;
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
        List<ChatMessage> conversation = [new(ChatRole.User, "What is 2 + 3?")];
        var template = new ChatPromptTemplate(ChatTemplate.Parse(Template));
        var prompt = template.Render(ChatMessageReader.Read(conversation, null), [Add], new() { ["bos_token"] = "<s>" });
        var grammar = template.Dialect.ForTools([Add], ToolChoice.Required, isParallel: false, prompt)!;
        var text = await Write(prompt, GrammarCompiler.Compile(grammar, new(stories.Model.Tokenizer!), cancelled));

        var reader = new AnswerReader(template.Dialect.CreateParser([Add], prompt), promptTokens: 0);
        var contents = reader.Read(new() { Tokens = default, Text = text, FinishReason = FinishReason.Stop });
        var call = Assert.IsType<FunctionCallContent>(contents[0]);
        Assert.Null(call.Exception);
        var result = await function.InvokeAsync(new(call.Arguments), cancelled);
        Assert.InRange(Assert.Single(sums), 0, 198);

        conversation.Add(new(ChatRole.Assistant, contents));
        conversation.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
        using var client = new AshlarChatClient(stories.Engine, new() { Template = Template });
        var answer = await client.GetResponseAsync(
            conversation, new() { Tools = [function], Temperature = 0, MaxOutputTokens = 8 }, cancelled);
        var seen = template.Render(ChatMessageReader.Read(conversation, null), [Add], new() { ["bos_token"] = "<s>" });
        Assert.EndsWith($"</tool_call>\ntool: {sums[0]}\nassistant:", seen, StringComparison.Ordinal);
        Assert.Equal(stories.Model.Tokenizer!.Encode(seen, parseSpecial: true).Length, answer.Usage!.InputTokenCount);
    }

    /// <summary>What the model writes at temperature 1 under a grammar: a token at a time, the mask as biases.</summary>
    private async Task<string> Write(string prompt, CompiledGrammar grammar)
    {
        var tokenizer = stories.Model.Tokenizer!;
        List<int> tokens = [.. tokenizer.Encode(prompt, parseSpecial: true)];
        var matcher = grammar.CreateMatcher();
        var mask = new uint[grammar.Tokens.MaskLength];
        var decoder = tokenizer.CreateDecoder(continuesText: true);
        var text = new StringBuilder();
        while (text.Length < 500)
        {
            matcher.FillMask(mask);
            var biases = Enumerable.Range(0, tokenizer.VocabularySize)
                .Where(id => (mask[id >> 5] >> (id & 31) & 1) == 0).ToDictionary(id => id, _ => -100f);
            var step = await Outcome.Of(stories.Engine, new()
            {
                PromptTokens = tokens.ToArray(),
                MaxTokens = 1,
                Sampling = new() { Temperature = 1, LogitBias = biases, Seed = text.Length },
            });
            var token = Assert.Single(step.Tokens);
            Assert.True(matcher.TryAccept(token));
            if (tokenizer.IsEndOfGeneration(token)) break;
            tokens.Add(token);
            text.Append(decoder.Append(token));
        }

        return text.Append(decoder.Flush()).ToString();
    }
}

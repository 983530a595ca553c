using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Chat;

public class ChatOptionsTests
{
    [Fact]
    public void Every_supported_option_reaches_the_request()
    {
        var (request, variables) = ChatRequestReader.Read(
            new()
            {
                ModelId = "model",
                Temperature = 0.5f,
                TopP = 0.9f,
                TopK = 7,
                FrequencyPenalty = 0.1f,
                PresencePenalty = 0.2f,
                Seed = 1L << 40,
                MaxOutputTokens = 12,
                StopSequences = ["a", "b"],
                ResponseFormat = ChatResponseFormat.Text,
                ToolMode = ChatToolMode.None,
                Tools = [],
                AdditionalProperties = new()
                {
                    ["min_p"] = 0.25,
                    ["typical_p"] = 0.75f,
                    ["repetition_penalty"] = 1,
                    ["logit_bias"] = new Dictionary<string, object?> { ["3"] = 1.5, ["4"] = -2 },
                    ["min_tokens"] = 2L,
                    ["ignore_eos"] = true,
                    ["chat_template_kwargs"] = JsonSerializer.SerializeToElement(new { thinking = false }),
                },
            },
            "model");
        var expected = new SamplingOptions
        {
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 7,
            FrequencyPenalty = 0.1f,
            PresencePenalty = 0.2f,
            Seed = 1L << 40,
            MinP = 0.25f,
            TypicalP = 0.75f,
            RepetitionPenalty = 1,
        };
        Assert.Equal(expected, request.Sampling with { LogitBias = null });
        Assert.Equal(new Dictionary<int, float> { [3] = 1.5f, [4] = -2 }, request.Sampling.LogitBias);
        Assert.Equal((12, 2, true), (request.MaxTokens, request.MinTokens, request.IgnoreEndOfSequence));
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal("""{"thinking":false}""", variables!.ToJsonString());
    }

    [Fact]
    public void No_options_are_the_defaults()
    {
        foreach (var options in new[] { null, new ChatOptions() })
        {
            var (request, variables) = ChatRequestReader.Read(options, "model");
            Assert.Equal(SamplingOptions.Default, request.Sampling);
            Assert.Null(request.MaxTokens);
            Assert.Null(variables);
        }
    }

    public static TheoryData<ChatOptions, string> NotSupported => new()
    {
        { new() { Reasoning = new() { Output = ReasoningOutput.Summary } }, "Reasoning" },
        { new() { ConversationId = "c" }, "ConversationId" },
        { new() { RawRepresentationFactory = _ => null }, "RawRepresentationFactory" },
        { new() { AdditionalProperties = new() { ["mirostat"] = 2 } }, "'mirostat'; it knows chat_template_kwargs" },
    };

    [Theory, MemberData(nameof(NotSupported))]
    public void What_is_not_supported_is_an_error_that_names_it(ChatOptions options, string name) => Assert.Contains(
        name, Assert.Throws<NotSupportedException>(() => ChatRequestReader.Read(options, "model"))
            .Message, StringComparison.Ordinal);

    public static TheoryData<ChatOptions, string> Wrong => new()
    {
        { new() { ModelId = "other" }, "ModelId is 'other'; this client runs 'model' alone" },
        { With("min_p", "much"), "'min_p' must be a number" },
        { With("min_p", double.NaN), "'min_p' cannot be read" },
        { With("min_tokens", 1.5), "'min_tokens' must be a whole number" },
        { With("min_tokens", 1L << 40), "'min_tokens' must be a whole number" },
        { With("ignore_eos", 1), "'ignore_eos' must be true or false" },
        { With("logit_bias", 1), "'logit_bias' must be an object" },
        { With("logit_bias", new Dictionary<string, object> { ["x"] = 1 }),
            "'logit_bias' must be an object of token ids and numbers" },
        { With("logit_bias", new Dictionary<string, object> { ["1"] = 1, ["01"] = 2 }), "'logit_bias' names token 1 twice" },
        { With("chat_template_kwargs", "x"), "'chat_template_kwargs' must be an object" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_wrong_value_is_an_error_that_names_it(ChatOptions options, string message) => Assert.Contains(
        message, Assert.Throws<ArgumentException>(() => ChatRequestReader.Read(options, "model"))
            .Message, StringComparison.Ordinal);

    private static ChatOptions With(string name, object value) => new() { AdditionalProperties = new() { [name] = value } };
}

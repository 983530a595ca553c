using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace Ashlar.Server.Tests.Clients;

/// <summary>OpenAI's own .NET client as a user would write it.</summary>
public class OpenAIClientTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ChatClient Chat => new OpenAIClient(
        new ApiKeyCredential("unused"),
        new() { Endpoint = new(stories.Server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) })
        .GetChatClient("stories260K");

    [Fact]
    public async Task It_chats_streamed_or_not_with_one_text()
    {
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 30,
            Temperature = 0.7f,
            TopP = 0.9f,
            FrequencyPenalty = 0.5f,
            StopSequences = { "qqq" },
            EndUserId = "me",
        };
#pragma warning disable OPENAI001 // the seed is marked as an experiment
        options.Seed = 5;
#pragma warning restore OPENAI001
        ChatMessage[] messages =
            [new SystemChatMessage("Once"), new UserChatMessage(ChatMessageContentPart.CreateTextPart(" upon"))];
        ChatCompletion whole = await Chat.CompleteChatAsync(messages, options, Cancelled);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(30, whole.Usage.OutputTokenCount);
        Assert.Equal("stories260K", whole.Model);
        Assert.Equal(ChatMessageRole.Assistant, whole.Role);

        var text = "";
        ChatTokenUsage? usage = null;
        ChatFinishReason? reason = null;
        await foreach (var update in Chat.CompleteChatStreamingAsync(messages, options, Cancelled))
        {
            text += string.Concat(update.ContentUpdate.Select(static part => part.Text));
            usage = update.Usage ?? usage;
            reason = update.FinishReason ?? reason;
        }

        Assert.Equal(whole.Content[0].Text, text);
        Assert.Equal(30, usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, reason);
    }

    [Fact]
    public async Task It_reads_errors()
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Chat.CompleteChatAsync(
            [new UserChatMessage("x")], new ChatCompletionOptions { Temperature = 3 }, Cancelled));
        Assert.Equal(400, error.Status);
        Assert.Contains("decimal_above_max_value", error.Message, StringComparison.Ordinal);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_lists_the_models()
    {
        var endpoint = new Uri(stories.Server.Address, "/v1");
        var models = new OpenAIClient(new ApiKeyCredential("unused"), new() { Endpoint = endpoint }).GetOpenAIModelClient();
        var list = await models.GetModelsAsync(Cancelled);
        Assert.Equal("stories260K", Assert.Single(list.Value).Id);
        Assert.Equal("ashlar", (await models.GetModelAsync("stories260K", Cancelled)).Value.OwnedBy);
    }
}

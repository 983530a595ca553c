#pragma warning disable OPENAI001 // the package marks all of this as an experiment
using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;

namespace Ashlar.Server.Tests.Clients;

/// <summary>OpenAI's own .NET client of responses as a user would write it.</summary>
public class OpenAIResponsesTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ResponsesClient Client => new(
        new ApiKeyCredential("unused"),
        new() { Endpoint = new(stories.Server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    [Fact]
    public async Task It_asks_streamed_or_not_goes_on_and_forgets()
    {
        var options = Options("Once upon");
        ResponseResult whole = await Client.CreateResponseAsync(options, Cancelled);
        Assert.Equal(ResponseStatus.Incomplete, whole.Status);
        Assert.StartsWith(" a time", whole.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(10, whole.Usage.OutputTokenCount);

        var (text, kinds) = ("", new List<Type>());
        await foreach (var update in await Client.CreateResponseStreamingAsync(Streamed(Options("Once upon")), Cancelled))
        {
            kinds.Add(update.GetType());
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
        }

        Assert.Equal(whole.GetOutputText(), text);
        Assert.Equal(typeof(StreamingResponseCreatedUpdate), kinds[0]);
        Assert.Equal(typeof(StreamingResponseIncompleteUpdate), kinds[^1]);

        var next = Options(" and");
        next.PreviousResponseId = whole.Id;
        ResponseResult second = await Client.CreateResponseAsync(next, Cancelled);
        Assert.Equal(whole.Id, second.PreviousResponseId);
        ResponseResult kept = await Client.GetResponseAsync(second.Id, Cancelled);
        Assert.Equal(second.GetOutputText(), kept.GetOutputText());
        ResponseDeletionResult deleted = await Client.DeleteResponseAsync(second.Id, Cancelled);
        Assert.True(deleted.Deleted);
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetResponseAsync(second.Id, Cancelled));
        Assert.Equal(404, gone.Status);
    }

    private static CreateResponseOptions Options(string input) =>
        new("stories260K", [ResponseItem.CreateUserMessageItem(input)]) { MaxOutputTokenCount = 10, Temperature = 0 };

    private static CreateResponseOptions Streamed(CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        return options;
    }
}

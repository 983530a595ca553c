using Ashlar.Models;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine.Tests.Chat;

public class AshlarChatClientTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const string Continue = "{{ bos_token }}{{ messages[-1].content }}";

    private static readonly ChatOptions Greedy = new() { Temperature = 0, MaxOutputTokens = 40 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private AshlarChatClient Client => new(stories.Engine, new() { Template = Continue });

    [Fact]
    public async Task A_model_on_disk_speaks_in_three_lines()
    {
        using IChatClient client = AshlarChatClient.Load(StoriesModel.Path, new() { Template = Continue }, new() { Threads = 1 });
        var response = await client.GetResponseAsync("", new() { Temperature = 0, MaxOutputTokens = 200 }, Cancelled);
        Assert.Equal(StoriesModel.Expected.TrimEnd('\n'), response.Text.TrimEnd('\n'));
    }

    [Fact]
    public async Task A_response_carries_usage_reason_and_names()
    {
        var response = await Client.GetResponseAsync("Once upon a time", Greedy, Cancelled);
        var prompt = stories.Encode("Once upon a time").Length;
        Assert.Equal(
            (prompt, 40, prompt + 40),
            (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("stories260K", response.ModelId);
        Assert.StartsWith("chatcmpl-", response.ResponseId, StringComparison.Ordinal);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.NotNull(response.CreatedAt);
    }

    [Fact]
    public async Task Streamed_or_not_or_straight_from_the_engine_the_same_seed_gives_the_same_text()
    {
        var options = new ChatOptions { Temperature = 0.8f, TopP = 0.9f, TopK = 100, Seed = 5, MaxOutputTokens = 60 };
        var whole = await Client.GetResponseAsync("Tim had", options, Cancelled);
        var updates = await Client.GetStreamingResponseAsync("Tim had", options, Cancelled).ToListAsync(Cancelled);
        var engine = await Outcome.Of(stories.Engine, new()
        {
            PromptTokens = stories.Encode("Tim had"),
            MaxTokens = 60,
            Sampling = new() { Temperature = 0.8f, TopP = 0.9f, TopK = 100, Seed = 5 },
        });
        Assert.Equal(engine.Text, whole.Text);
        Assert.Equal(engine.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.All(updates, update => Assert.Equal(updates[0].ResponseId, update.ResponseId));
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
    }

    [Fact]
    public async Task The_template_sees_roles_instructions_names_and_further_variables()
    {
        // The template spells what it sees; the prompt's length in tokens shows whether it was this.
        const string Template = "{% for m in messages %}[{{ m.role }}{% if m.name %}={{ m.name }}{% endif %}]{{ m.content }}"
            + "{% endfor %}{{ mood }}{{ add_generation_prompt }}";
        var client = new AshlarChatClient(stories.Engine, new() { Template = Template });
        var options = Greedy.Clone();
        options.Instructions = "Be brief.";
        options.AdditionalProperties = new() { ["chat_template_kwargs"] = new Dictionary<string, object?> { ["mood"] = "glad" } };
        ChatMessage[] messages =
        [
            new(ChatRole.System, "S"),
            new(ChatRole.User, [new TextContent("a"), new TextContent("b")]) { AuthorName = "Tim" },
            new(ChatRole.Assistant, [new TextContent("c"), new UsageContent(new())]),
            new(ChatRole.User, "d"),
        ];
        var response = await client.GetResponseAsync(messages, options, Cancelled);
        var expected = stories.Model.Tokenizer!.Encode(
            "[system]Be brief.[system]S[user=Tim]ab[assistant]c[user]dgladTrue", parseSpecial: true);
        Assert.Equal(expected.Length, response.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task What_is_no_text_is_refused_by_name()
    {
        ChatMessage[] messages = [new(ChatRole.User, [new TextContent("see"), new DataContent(new byte[] { 1 }, "image/png")])];
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => Client.GetResponseAsync(messages, Greedy, Cancelled));
        Assert.Contains("a user message holds DataContent", error.Message, StringComparison.Ordinal);

        var options = Greedy.Clone();
        var variables = new Dictionary<string, object?> { ["messages"] = "x" };
        options.AdditionalProperties = new() { ["chat_template_kwargs"] = variables };
        await Assert.ThrowsAsync<ArgumentException>(() => Client.GetResponseAsync("a", options, Cancelled));
    }

    [Fact]
    public async Task The_clock_is_what_templates_and_responses_go_by()
    {
        var client = new AshlarChatClient(stories.Engine, new()
        {
            Template = "{% if strftime_now('%Y') != '1999' %}{{ raise_exception('wrong year') }}{% endif %}Once",
            Clock = new LastCentury(),
        });
        Assert.Equal(1999, (await client.GetResponseAsync("", Greedy, Cancelled)).CreatedAt!.Value.Year);
    }

    private sealed class LastCentury : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(1999, 6, 1, 12, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer()
    {
        var whole = await Client.GetResponseAsync("Once", Greedy, Cancelled);
        var options = Greedy.Clone();
        options.StopSequences = [whole.Text[10..14]];
        var stopped = await Client.GetResponseAsync("Once", options, Cancelled);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(options.StopSequences[0], StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task Callers_at_once_get_what_they_would_get_alone()
    {
        var prompts = Enumerable.Range(0, 8).Select(i => $"There were {i} dogs").ToArray();
        using var client = Client;
        var together = await Task.WhenAll(
            prompts.Select(prompt => Task.Run(() => client.GetResponseAsync(prompt, Greedy, Cancelled))));
        foreach (var (prompt, response) in prompts.Zip(together))
        {
            Assert.Equal((await client.GetResponseAsync(prompt, Greedy, Cancelled)).Text, response.Text);
        }
    }

    [Fact]
    public void A_model_without_a_template_names_the_mend()
    {
        var error = Assert.Throws<NotSupportedException>(() => new AshlarChatClient(stories.Engine));
        Assert.Contains("model 'stories260K' has no chat template", error.Message, StringComparison.Ordinal);
        Assert.Contains("AshlarChatClientOptions.Template", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => AshlarChatClient.Load(StoriesModel.Path));
    }

    [Fact]
    public async Task Disposing_a_client_leaves_an_engine_that_it_does_not_own()
    {
        var client = Client;
        client.Dispose();
        Assert.NotEmpty((await client.GetResponseAsync("Once", Greedy, Cancelled)).Text);

        var owner = AshlarChatClient.Load(StoriesModel.Path, new() { Template = Continue });
        owner.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => owner.GetResponseAsync("Once", Greedy, Cancelled));
    }

    [Fact]
    public void Services_are_what_the_client_is_made_of()
    {
        using IChatClient client = Client;
        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("ashlar", "stories260K"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(stories.Engine, client.GetService<InferenceEngine>());
        Assert.Same(stories.Model, client.GetService<LanguageModel>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<string>());
        Assert.Null(client.GetService<IChatClient>("key"));
    }
}

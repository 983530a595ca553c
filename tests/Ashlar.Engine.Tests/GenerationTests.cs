namespace Ashlar.Engine.Tests;

public class GenerationTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private static readonly SamplingOptions Seeded = new() { Temperature = 0.9f, TopP = 0.95f, Seed = 12 };

    public static TheoryData<string> Sets { get; } = [.. InstructionSets.Names];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private InferenceEngine Engine => stories.Engine;

    [Fact]
    public async Task The_greedy_continuation_of_nothing_is_as_published()
    {
        var request = new GenerationRequest { PromptTokens = default, MaxTokens = 200, Sampling = SamplingOptions.Greedy };
        var generation = await Outcome.Of(Engine, request);
        Assert.Equal(StoriesModel.Expected.TrimEnd('\n'), generation.Text.TrimEnd('\n'));
        Assert.Equal(200, generation.Tokens.Length);
        Assert.Equal(FinishReason.Length, generation.Reason);
        Assert.Equal(
            (1, 200, 201), (generation.Usage.PromptTokens, generation.Usage.CompletionTokens, generation.Usage.TotalTokens));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_greedy_continuation_of_nothing_is_as_published_on_every_instruction_set(string set)
    {
        using var pass = InstructionSets.Pass(stories.Model, 256, threads: 2, sequences: 1, set);
        var tokens = stories.Encode("").ToList();
        var logits = new float[pass.Vocabulary];
        pass.Run([.. tokens], 0, logits);
        for (var generated = 0; generated < 200; generated++)
        {
            tokens.Add(logits.AsSpan().IndexOf(logits.Max()));
            pass.Run([tokens[^1]], tokens.Count - 1, logits);
        }

        Assert.Equal(
            StoriesModel.Expected.TrimEnd('\n'),
            stories.Model.Tokenizer!.Decode([.. tokens.Skip(1)], skipSpecial: true, continuesText: true)
                .TrimStart().TrimEnd('\n'));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_tokens_and_another_seed_others()
    {
        var request = Request("Once upon a time", 60, Seeded);
        var first = await Outcome.Of(Engine, request);
        var again = await Outcome.Of(Engine, request);
        var other = await Outcome.Of(Engine, request with { Sampling = Seeded with { Seed = 13 } });
        Assert.Equal(first.Tokens, again.Tokens);
        Assert.Equal(first.Text, again.Text);
        Assert.NotEqual(first.Tokens, other.Tokens);
    }

    [Fact]
    public async Task The_text_is_that_of_the_tokens()
    {
        var request = Request("Lily and", 40, Seeded);
        var generation = await Outcome.Of(Engine, request);
        Assert.Equal(stories.Model.Tokenizer!.Decode(generation.Tokens, skipSpecial: true, continuesText: true), generation.Text);
    }

    [Fact]
    public async Task A_stop_text_across_tokens_ends_the_output_before_it()
    {
        var whole = await Outcome.Of(Engine, Request("", 100));
        var stop = whole.Text.Substring(whole.Text.Length / 2, 9);
        var stopped = await Outcome.Of(Engine, Request("", 100) with { Stop = ["never there", stop] });
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(FinishReason.Stop, stopped.Reason);
        Assert.Equal(stopped.Tokens, whole.Tokens[..stopped.Tokens.Length]);
    }

    [Fact]
    public async Task A_beginning_of_a_stop_text_comes_out_in_the_end()
    {
        var whole = await Outcome.Of(Engine, Request("", 30));
        var held = await Outcome.Of(Engine, Request("", 30) with { Stop = [whole.Text[^4..] + "\0"] });
        Assert.Equal(whole.Text, held.Text);
    }

    [Fact]
    public async Task A_stop_token_ends_the_output_without_its_text()
    {
        var whole = await Outcome.Of(Engine, Request("", 30));
        var stop = whole.Tokens[10];
        var at = Array.IndexOf(whole.Tokens, stop);
        var stopped = await Outcome.Of(Engine, Request("", 30) with { StopTokens = [stop] });
        Assert.Equal(whole.Tokens[..(at + 1)], stopped.Tokens);
        Assert.Equal(stories.Model.Tokenizer!.Decode(whole.Tokens.AsSpan(0, at)), stopped.Text);
        Assert.Equal((FinishReason.Stop, at + 1), (stopped.Reason, stopped.Usage.CompletionTokens));
    }

    [Fact]
    public async Task The_models_own_end_ends_the_output_unless_it_is_ignored()
    {
        var end = stories.Model.Tokenizer!.EosId!.Value;
        var towardsEnd = SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [end] = 100 } };
        var ended = await Outcome.Of(Engine, Request("", 5, towardsEnd));
        Assert.Equal([end], ended.Tokens);
        Assert.Equal(("", FinishReason.Stop), (ended.Text, ended.Reason));

        var ignored = await Outcome.Of(Engine, Request("", 5, towardsEnd) with { IgnoreEndOfSequence = true });
        Assert.Equal([end, end, end, end, end], ignored.Tokens);
        Assert.Equal(FinishReason.Length, ignored.Reason);

        var delayed = await Outcome.Of(Engine, Request("", 5, towardsEnd) with { MinTokens = 3 });
        Assert.Equal((4, end, FinishReason.Stop), (delayed.Tokens.Length, delayed.Tokens[^1], delayed.Reason));
        Assert.DoesNotContain(end, delayed.Tokens[..3]);
    }

    [Fact]
    public async Task Stop_texts_are_not_looked_for_before_the_least_number_of_tokens()
    {
        var whole = await Outcome.Of(Engine, Request("", 30));
        var stopped = await Outcome.Of(Engine, Request("", 30) with { Stop = ["e"], MinTokens = 12 });
        Assert.StartsWith(stopped.Text, whole.Text, StringComparison.Ordinal);
        Assert.InRange(stopped.Tokens.Length, 13, 30);
        Assert.Contains("e", stopped.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generation_ends_where_the_context_is_full()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { ContextLength = 24, Threads = 1, PrefillChunk = 5 });
        var prompt = new int[20];
        prompt.AsSpan().Fill(stories.Model.Tokenizer!.BosId!.Value);
        foreach (int? most in new int?[] { null, 100, int.MaxValue })
        {
            var generation = await Outcome.Of(
                engine, new() { PromptTokens = prompt, MaxTokens = most, IgnoreEndOfSequence = true });
            Assert.Equal(
                (4, FinishReason.Length, 24), (generation.Tokens.Length, generation.Reason, generation.Usage.TotalTokens));
        }

        var full = await Outcome.Of(engine, new() { PromptTokens = new int[24] });
        Assert.Equal((0, FinishReason.Length), (full.Tokens.Length, full.Reason));
        var error = Assert.Throws<PromptTooLongException>(
            () => engine.GenerateAsync(new() { PromptTokens = new int[25] }, Cancelled));
        Assert.Equal((25, 24), (error.PromptTokens, error.ContextLength));
        Assert.Contains("25", error.Message, StringComparison.Ordinal);
        Assert.Contains("24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_tokens_asked_for_computes_the_prompt_alone()
    {
        var generation = await Outcome.Of(Engine, Request("Once", 0));
        Assert.Equal(
            (0, "", FinishReason.Length, 1), (generation.Tokens.Length, generation.Text, generation.Reason, generation.Updates));
    }

    [Fact]
    public async Task Timings_add_up_to_the_time_that_passed()
    {
        var started = TimeProvider.System.GetTimestamp();
        var updates = await Engine.GenerateAsync(Request("Once", 20), Cancelled)
            .ToListAsync(Cancelled);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var timings = updates[^1].Timings!.Value;
        Assert.True(timings.Queued >= TimeSpan.Zero && timings.Prefill > TimeSpan.Zero && timings.Decode > TimeSpan.Zero);
        Assert.True(timings.Queued + timings.Prefill + timings.Decode <= elapsed, $"{timings}, {elapsed}");
    }

    public static TheoryData<GenerationRequest, string> Wrong => new()
    {
        { Of(1, -1), "PromptTokens[1] is -1" },
        { Of(1 << 20), "PromptTokens[0] is 1048576" },
        { Of(1) with { MaxTokens = -1 }, "MaxTokens is -1; it must be 0 or more" },
        { Of(1) with { MinTokens = -1 }, "MinTokens is -1" },
        { Of(1) with { MinTokens = 3, MaxTokens = 2 }, "MinTokens is 3; it must be 0 or more, and not over MaxTokens, 2" },
        { Of(1) with { StopTokens = [-5] }, "StopTokens[0] is -5" },
        { Of(1) with { Stop = ["a", ""] }, "Stop[1] has 0 characters; it must have from 1 to 4096" },
        { Of(1) with { Stop = [new string('a', 4097)] }, "Stop[0] has 4097 characters" },
        { Of(1) with { Stop = [.. Enumerable.Repeat("a", 65)] }, "Stop has 65 texts; it may have 64" },
        { Of(1) with { Sampling = new() { Temperature = -1 } }, "Temperature is -1" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_wrong_field_is_refused_at_once_and_named(GenerationRequest request, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => Engine.GenerateAsync(request, Cancelled));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Of(params int[] prompt) => new() { PromptTokens = prompt };

    private GenerationRequest Request(string prompt, int maxTokens, SamplingOptions? sampling = null) => new()
    {
        PromptTokens = stories.Encode(prompt),
        MaxTokens = maxTokens,
        Sampling = sampling ?? SamplingOptions.Greedy,
    };
}

namespace Ashlar.Engine.Tests.Generation;

public class GenerationOutputTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_consumer_finds_what_has_gathered_and_then_the_end()
    {
        var output = new GenerationOutput();
        output.Publish(1, "on");
        output.Publish(2, "ce");
        output.Complete(FinishReason.Length, new(5, 2, 1), default);
        var update = Assert.Single(await output.ReadAllAsync(Cancelled).ToListAsync(Cancelled));
        Assert.Equal([1, 2], update.Tokens.ToArray());
        Assert.Equal(("once", FinishReason.Length, 7), (update.Text, update.FinishReason, update.Usage!.Value.TotalTokens));
    }

    [Fact]
    public async Task Nothing_is_lost_or_out_of_order_between_two_threads()
    {
        var output = new GenerationOutput();
        var publisher = new Thread(() =>
        {
            for (var i = 0; i < 100_000; i++) output.Publish(i, [(char)('a' + (i % 26))]);
            output.Complete(FinishReason.Stop, default, default);
        });
        publisher.Start();
        var tokens = new List<int>();
        var characters = 0;
        await foreach (var update in output.ReadAllAsync(Cancelled))
        {
            tokens.AddRange(update.Tokens.Span);
            foreach (var character in update.Text) Assert.Equal('a' + (characters++ % 26), character);
        }

        Assert.Equal(Enumerable.Range(0, 100_000), tokens);
        Assert.Equal(100_000, characters);
    }

    [Fact]
    public async Task An_error_comes_after_what_was_published_before()
    {
        var output = new GenerationOutput();
        output.Publish(1, "a");
        output.Fail(new InvalidDataException("broken"));
        await using var updates = output.ReadAllAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("a", updates.Current.Text);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await updates.MoveNextAsync());
    }

    [Fact]
    public void Publishing_allocates_nothing_once_the_buffers_have_grown()
    {
        var output = new GenerationOutput();
        for (var i = 0; i < 200; i++) output.Publish(i, "word");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) output.Publish(i, "word");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

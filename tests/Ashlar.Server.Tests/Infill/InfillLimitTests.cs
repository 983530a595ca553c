using Ashlar.Engine;
using Ashlar.Server.Infill;

namespace Ashlar.Server.Tests.Infill;

public class InfillLimitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, "x;\n    y;\n  }\nz", "x;\n    y;\n", true)]
    [InlineData(4, "x;\n\n    y;\n\n\t\t\t\tz", "x;\n\n    y;\n\n\t\t\t\tz", false)]
    [InlineData(4, "  x;\n    ", "  x;\n    ", false)]
    [InlineData(0, "x\ny\n", "x\ny\n", false)]
    [InlineData(1, "x\r\n\r\ny", "x\r\n\r\n", true)]
    public void Text_ends_before_a_line_that_is_indented_less_however_it_is_cut(int least, string text, string expected, bool ends)
    {
        foreach (var size in Enumerable.Range(1, text.Length))
        {
            var limit = new IndentationLimit(least);
            var kept = string.Concat(text.Chunk(size).Select(part => limit.Append(new(part))));
            Assert.Equal(expected, kept + limit.Finish());
            Assert.Equal(ends, limit.IsReached);
        }
    }

    [Fact]
    public async Task Time_ends_an_answer_once_it_has_a_whole_line()
    {
        var clock = new SteppedClock();
        var limits = new InfillLimits(5, TimeSpan.FromSeconds(1), 0, clock, CancellationToken.None);
        var updates = await limits.Keep(Output(clock, ["a", "b", "c\n", "d"]), Cancelled).ToListAsync(Cancelled);
        Assert.Equal("abc\n", string.Concat(updates.Select(static update => update.Text)));
        Assert.Equal(FinishReason.Length, updates[^1].FinishReason);
        Assert.Equal(new(5, 3, 2), updates[^1].Usage);
        Assert.Equal(TimeSpan.FromSeconds(1.4), updates[^1].Timings!.Value.Decode);
        Assert.False(limits.IsSuperseded);
    }

    [Fact]
    public async Task An_answer_that_ends_by_itself_is_whole()
    {
        var limits = new InfillLimits(5, TimeSpan.FromSeconds(100), 2, new SteppedClock(), CancellationToken.None);
        var updates = await limits.Keep(Output(new(), ["a\n", "  ", ""], FinishReason.Stop), Cancelled).ToListAsync(Cancelled);
        Assert.Equal("a\n  ", string.Concat(updates.Select(static update => update.Text)));
        Assert.Equal(FinishReason.Stop, updates[^1].FinishReason);
    }

    private static async IAsyncEnumerable<GenerationUpdate> Output(SteppedClock clock, string[] texts, FinishReason? reason = null)
    {
        foreach (var (index, text) in texts.Index())
        {
            clock.Now += 700;
            yield return new()
            {
                Tokens = new[] { 1 },
                Text = text,
                Start = index == 0 ? new(new(5, 0, CachedTokens: 2), default) : null,
                FinishReason = index == texts.Length - 1 ? reason : null,
            };
        }

        await Task.CompletedTask;
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }
}

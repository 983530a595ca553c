namespace Ashlar.Engine.Tests.Generation;

public class StopMatcherTests
{
    private const int Seed = 3;

    [Fact]
    public void Random_texts_in_random_pieces_end_before_the_first_stop_text_and_hold_back_no_more_than_they_must()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var text = RandomText(random, random.Next(40));
            var stops = Enumerable.Range(0, random.Next(4)).Select(_ => RandomText(random, random.Next(1, 7))).ToArray();
            var (expected, found) = FirstStop(text, stops);

            var matcher = new StopMatcher(stops);
            var released = new TextBuffer();
            var stopped = false;
            for (var position = 0; position < text.Length && !stopped;)
            {
                var piece = random.Next(1, text.Length - position + 1);
                stopped = matcher.Append(text.AsSpan(position, piece), released);
                position += piece;
                if (stopped) continue;
                var certain = position - LongestBeginning(text[..position], stops);
                Assert.True(text.AsSpan(0, certain).SequenceEqual(released.Text), Describe());
            }

            matcher.Flush(released);
            Assert.True(
                expected.AsSpan().SequenceEqual(released.Text) && found == stopped && found == matcher.IsFound, Describe());

            string Describe() =>
                $"seed {Seed}, round {round}: '{text}', stops {string.Join(',', stops)}, released '{released.Text}'";
        }
    }

    [Theory]
    [InlineData("one <|end|> two", "one ", "<|end|>")]
    [InlineData("one <|end| two", "one <|end| two", "<|end|>")]
    [InlineData("abcdx", "ab", "abcdef", "cd")] // complete first, though the other began first
    [InlineData("xabcd", "x", "cd", "abcd")] // complete at once: the longest
    [InlineData("aaab", "a", "aab")]
    [InlineData("say 🦙!", "say ", "🦙")]
    [InlineData("say 🦊!", "say 🦊!", "🦙")]
    public void Examples(string text, string expected, params string[] stops)
    {
        for (var piece = 1; piece <= text.Length; piece++)
        {
            var matcher = new StopMatcher(stops);
            var released = new TextBuffer();
            foreach (var chunk in text.Chunk(piece)) matcher.Append(chunk, released);
            matcher.Flush(released);
            Assert.Equal(expected, released.Text);
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_piece()
    {
        var matcher = new StopMatcher(["\n\nUser:", "<|im_end|>"]);
        var released = new TextBuffer();
        var before = 0L;
        for (var i = 0; i < 200; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            matcher.Append("some \n\nUs words <|im_", released);
            released.Clear();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string RandomText(Random random, int length) =>
        string.Create(length, random, static (span, random) =>
        {
            foreach (ref var character in span) character = "ab🦙c"[random.Next(4)];
        });

    private static (string Text, bool Found) FirstStop(string text, string[] stops)
    {
        for (var end = 0; end <= text.Length; end++)
        {
            var complete = stops.Where(text[..end].EndsWithOrdinal).ToArray();
            if (complete.Length > 0) return (text[..(end - complete.Max(s => s.Length))], true);
        }

        return (text, false);
    }

    private static int LongestBeginning(string text, string[] stops) =>
        stops.SelectMany(stop => Enumerable.Range(0, stop.Length).Where(n => text.EndsWithOrdinal(stop[..n]))).DefaultIfEmpty()
            .Max();
}

file static class Texts
{
    public static bool EndsWithOrdinal(this string text, string end) => text.EndsWith(end, StringComparison.Ordinal);
}

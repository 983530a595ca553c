namespace Ashlar.Bench.Serving;

/// <summary>What came of a load.</summary>
/// <param name="Load">What was asked for.</param>
/// <param name="Seconds">How long all of it took.</param>
/// <param name="Streams">The streams, in the order in which they asked.</param>
internal sealed record StreamsResult(StreamLoad Load, double Seconds, IReadOnlyList<StreamTimes> Streams)
{
    /// <summary>Tokens of prompts, without what they share, and of answers, in a second.</summary>
    public double TokensPerSecond => Load.Streams * (Load.Prompt + Load.Tokens) / Seconds;

    /// <summary>Tokens a second while every stream generates: from the latest first token to the earliest last one.</summary>
    public double DecodeTokensPerSecond
    {
        get
        {
            var (from, to) = (Streams.Max(static stream => stream.First), Streams.Min(static stream => stream.Last));
            return Streams.Sum(stream => stream.Tokens.Count(time => time > from && time <= to)) / (to - from);
        }
    }

    /// <summary>How long the streams behind the first waited for their first token, in the middle.</summary>
    public double MedianWaitOfFollowers => WaitAt(0.5, Streams.Skip(Load.HasLeader ? 1 : 0));

    /// <summary>Within what time so large a share of the streams had its first token.</summary>
    public double WaitAt(double share) => WaitAt(share, Streams);

    public override string ToString() =>
        FormattableString.Invariant($"{Seconds:0.00} s: {TokensPerSecond:0.0} tokens/s, decode {DecodeTokensPerSecond:0.0}, ")
            + FormattableString.Invariant($"first token {WaitAt(0.5):0.00} s (median), {WaitAt(0.95):0.00} s (95 %)");

    private static double WaitAt(double share, IEnumerable<StreamTimes> streams)
    {
        var sorted = streams.Select(static stream => stream.Wait).Order().ToArray();
        return sorted[(int)Math.Min(share * sorted.Length, sorted.Length - 1)];
    }
}

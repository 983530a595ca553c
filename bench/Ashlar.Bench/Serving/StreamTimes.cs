namespace Ashlar.Bench.Serving;

/// <summary>When a stream asked, and when each of its tokens came: seconds of one clock.</summary>
internal sealed record StreamTimes(double Asked, IReadOnlyList<double> Tokens)
{
    public double First => Tokens[0];

    public double Last => Tokens[^1];

    /// <summary>How long it waited for its first token.</summary>
    public double Wait => First - Asked;
}

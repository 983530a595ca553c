namespace Ashlar.Engine.Grammars.Patterns;

/// <summary>The syntax tree of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>One code point of a set.</summary>
    public sealed record Characters((int First, int Last)[] Ranges) : PatternNode;

    /// <summary>The parts one behind the other; none of them is the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    public sealed record Alternatives(IReadOnlyList<PatternNode> Options) : PatternNode;

    /// <summary>A part at least <paramref name="Min"/> times, at most <paramref name="Max"/> where there is a bound.</summary>
    public sealed record Repeat(PatternNode Part, int Min, int? Max, string Place) : PatternNode;

    /// <summary>The anchor ^ or $, as the mark that it reads.</summary>
    public sealed record Anchor(int Mark) : PatternNode;
}

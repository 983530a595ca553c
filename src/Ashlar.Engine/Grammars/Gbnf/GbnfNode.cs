namespace Ashlar.Engine.Grammars.Gbnf;

/// <summary>The syntax tree of what stands to the right of a rule's name.</summary>
internal abstract record GbnfNode
{
    public sealed record Literal(string Text) : GbnfNode;

    /// <summary>One code point of a set.</summary>
    public sealed record Characters((int First, int Last)[] Ranges) : GbnfNode;

    public sealed record Reference(string Rule, string Place) : GbnfNode;

    /// <summary>A JSON value of a schema.</summary>
    public sealed record Json(string Schema, string Place) : GbnfNode;

    public sealed record Sequence(IReadOnlyList<GbnfNode> Parts) : GbnfNode;

    public sealed record Alternatives(IReadOnlyList<GbnfNode> Options) : GbnfNode;

    /// <summary>A part at least <paramref name="Min"/> times, at most <paramref name="Max"/> where there is a bound.</summary>
    public sealed record Repeat(GbnfNode Part, int Min, int? Max, string Place) : GbnfNode;
}

/// <summary>A rule and where it stands.</summary>
internal sealed record GbnfRule(string Name, GbnfNode Body, string Place);

namespace Ashlar.Engine.Dialects;

/// <summary>More of the answer.</summary>
/// <param name="Text">1 character or more.</param>
public sealed record ContentDelta(string Text) : DialectEvent;

namespace Ashlar.Engine.Dialects;

/// <summary>More of what the model thinks before it answers.</summary>
/// <param name="Text">1 character or more.</param>
public sealed record ReasoningDelta(string Text) : DialectEvent;

namespace Ashlar.Engine.Dialects;

/// <summary>More of a call's arguments.</summary>
/// <param name="Index">The call's number in this output, from 0.</param>
/// <param name="Text">1 character or more. All of a call's texts in a row are the beginning of a JSON object.</param>
public sealed record ToolCallArguments(int Index, string Text) : DialectEvent;

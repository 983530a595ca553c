namespace Ashlar.Engine.Dialects;

/// <summary>Nothing more comes of a call.</summary>
/// <param name="Index">The call's number in this output, from 0.</param>
/// <param name="IsComplete">
/// Whether the arguments are a whole JSON object. They are not where the output was cut off or the model went astray.
/// </param>
public sealed record ToolCallEnded(int Index, bool IsComplete) : DialectEvent;

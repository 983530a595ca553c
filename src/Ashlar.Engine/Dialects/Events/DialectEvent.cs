namespace Ashlar.Engine.Dialects;

/// <summary>
/// What a piece of an output means: <see cref="ContentDelta"/>, <see cref="ReasoningDelta"/>, or the parts of a tool call,
/// <see cref="ToolCallBegun"/>, any number of <see cref="ToolCallArguments"/>, <see cref="ToolCallEnded"/>.
/// </summary>
public abstract record DialectEvent
{
    private protected DialectEvent()
    {
    }
}

namespace Ashlar.Engine.Dialects;

/// <summary>A tool is called; its arguments follow.</summary>
/// <param name="Index">The call's number in this output, from 0.</param>
/// <param name="Id">What the tool's result will refer to.</param>
/// <param name="Name">The tool's whole name. The model may have invented it.</param>
public sealed record ToolCallBegun(int Index, string Id, string Name) : DialectEvent;

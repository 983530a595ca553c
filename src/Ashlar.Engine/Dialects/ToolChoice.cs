namespace Ashlar.Engine.Dialects;

/// <summary>Whether a model may call tools, or must.</summary>
public sealed record ToolChoice
{
    private ToolChoice(bool mayCall, bool mustCall, string? name) => (MayCall, MustCall, Name) = (mayCall, mustCall, name);

    /// <summary>No tool is called.</summary>
    public static ToolChoice None { get; } = new(false, false, null);

    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(true, false, null);

    /// <summary>A tool is called, whichever.</summary>
    public static ToolChoice Required { get; } = new(true, true, null);

    /// <summary>Whether calls are possible.</summary>
    public bool MayCall { get; }

    /// <summary>Whether there must be a call.</summary>
    public bool MustCall { get; }

    /// <summary>The tool that must be called; null for any.</summary>
    public string? Name { get; }

    /// <summary>This tool is called.</summary>
    public static ToolChoice Named(string name) => new(true, true, name);
}

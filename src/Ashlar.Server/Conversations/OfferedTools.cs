using Ashlar.Engine.Dialects;

namespace Ashlar.Server.Conversations;

/// <summary>The tools of a request, and what is to be done with them.</summary>
/// <param name="Tools">The tools.</param>
/// <param name="Choice">Whether they may or must be called.</param>
/// <param name="IsParallel">Whether there may be several calls.</param>
/// <param name="IsStrict">Whether the arguments must follow their schemas even where the model need not call.</param>
internal sealed record OfferedTools(IReadOnlyList<ChatTool> Tools, ToolChoice Choice, bool IsParallel, bool IsStrict)
{
    public static OfferedTools None { get; } = new([], ToolChoice.None, IsParallel: true, IsStrict: false);

    /// <summary>The tools that the model is told of: none where none may be called.</summary>
    public IReadOnlyList<ChatTool> Callable => Choice.MayCall ? Tools : [];

    /// <summary>Whether calls are held to a grammar.</summary>
    public bool IsEnforced => Choice.MustCall || (Choice.MayCall && (IsStrict || !IsParallel));
}

using System.Text;

namespace Ashlar.Server.Answers;

/// <summary>A run of one kind in a choice: what was thought, what was said, or one tool call.</summary>
/// <param name="Kind"><see cref="PieceKind.Reasoning"/>, <see cref="PieceKind.Text"/> or <see cref="PieceKind.Call"/>.</param>
/// <param name="CallId">Of a call: what names it in the results that come back.</param>
/// <param name="CallName">Of a call: the tool.</param>
internal sealed record AnsweredPart(PieceKind Kind, string CallId = "", string CallName = "")
{
    /// <summary>The text, or the arguments of a call, a JSON object, as far as they have come.</summary>
    public StringBuilder Content { get; private init; } = new();

    /// <summary>Whether the arguments of a call are whole.</summary>
    public bool IsWhole { get; set; }

    /// <summary>The arguments of a call as a JSON object: none where they are not whole.</summary>
    public string ArgumentsObject => IsWhole ? Content.ToString() : "{}";

    /// <summary>The part as it began: without content.</summary>
    public AnsweredPart Opened => this with { Content = new(), IsWhole = false };
}

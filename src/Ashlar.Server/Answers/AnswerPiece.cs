using Ashlar.Engine;

namespace Ashlar.Server.Answers;

/// <summary>The least step by which an answer grows: what every protocol writes in its own words.</summary>
/// <param name="Choice">Which choice grows, from 0.</param>
/// <param name="Kind">What it gains.</param>
/// <param name="Text">The text, reasoning or arguments to append; never empty where the kind carries one.</param>
internal readonly record struct AnswerPiece(int Choice, PieceKind Kind, string Text = "")
{
    /// <summary>The tokens that have come since the piece before, where their log probabilities were asked for.</summary>
    public IReadOnlyList<ReportedToken> Tokens { get; init; } = [];

    /// <summary>Of a choice that ends: the prompt's tokens but for the first, where their log probabilities are told.</summary>
    public IReadOnlyList<TokenLogProbability> Prompt { get; init; } = [];

    /// <summary>The id of a call that begins.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The name of the tool that a call that begins is for.</summary>
    public string CallName { get; init; } = "";

    /// <summary>Whether the arguments of a call that ends are whole. They are not where the output was cut off.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Why the choice ended.</summary>
    public AnswerEnd End { get; init; }

    /// <summary>The stop text of the request that ended it, if one did.</summary>
    public string? StopText { get; init; }
}

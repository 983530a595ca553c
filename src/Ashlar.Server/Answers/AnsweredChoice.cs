using System.Text;

namespace Ashlar.Server.Answers;

/// <summary>One choice of an answer, as far as it has come.</summary>
internal sealed class AnsweredChoice
{
    public StringBuilder Reasoning { get; } = new();

    public StringBuilder Text { get; } = new();

    public List<AnsweredCall> Calls { get; } = [];

    /// <summary>Why it ended; null while it goes on.</summary>
    public AnswerEnd? End { get; private set; }

    /// <summary>The stop text that ended it, if one did.</summary>
    public string? StopText { get; private set; }

    public void Add(in AnswerPiece piece)
    {
        switch (piece.Kind)
        {
            case PieceKind.Start:
                break;
            case PieceKind.Reasoning:
                Reasoning.Append(piece.Text);
                break;
            case PieceKind.Text:
                Text.Append(piece.Text);
                break;
            case PieceKind.Call:
                Calls.Add(new(piece.CallId, piece.CallName));
                break;
            case PieceKind.CallArguments:
                Calls[^1].Arguments.Append(piece.Text);
                break;
            case PieceKind.End:
                (End, StopText) = (piece.End, piece.StopText);
                break;
        }
    }
}

using Ashlar.Engine;

namespace Ashlar.Server.Answers;

/// <summary>One choice of an answer, as far as it has come: parts in the order in which the model made them.</summary>
internal sealed class AnsweredChoice
{
    private readonly List<AnsweredPart> _parts = [];

    public IReadOnlyList<AnsweredPart> Parts => _parts;

    /// <summary>All texts together.</summary>
    public string Text => Join(PieceKind.Text);

    /// <summary>All that was thought.</summary>
    public string Reasoning => Join(PieceKind.Reasoning);

    /// <summary>The tool calls.</summary>
    public IEnumerable<AnsweredPart> Calls => _parts.Where(static part => part.Kind == PieceKind.Call);

    /// <summary>The tokens, where their log probabilities were asked for.</summary>
    public List<ReportedToken> Tokens { get; } = [];

    /// <summary>The tokens of the prompt but for the first, where their log probabilities were asked for.</summary>
    public IReadOnlyList<TokenLogProbability> Prompt { get; private set; } = [];

    /// <summary>The mean log probability of the tokens generated, as far as it is known.</summary>
    public double MeanLogProbability => Tokens.Select(static token => (double?)token.Probability?.LogProbability).Average() ?? 0;

    /// <summary>How many tool calls there are.</summary>
    public int CallCount { get; private set; }

    /// <summary>Why it ended; null while it goes on.</summary>
    public AnswerEnd? End { get; private set; }

    /// <summary>The stop text that ended it, if one did.</summary>
    public string? StopText { get; private set; }

    public void Add(in AnswerPiece piece)
    {
        Tokens.AddRange(piece.Tokens);
        switch (piece.Kind)
        {
            case PieceKind.Start:
                break;
            case PieceKind.Reasoning or PieceKind.Text:
                if (_parts.Count == 0 || _parts[^1].Kind != piece.Kind) _parts.Add(new(piece.Kind));
                _parts[^1].Content.Append(piece.Text);
                break;
            case PieceKind.Call:
                _parts.Add(new(PieceKind.Call, piece.CallId, piece.CallName));
                CallCount++;
                break;
            case PieceKind.CallArguments:
                _parts[^1].Content.Append(piece.Text);
                break;
            case PieceKind.CallEnd:
                _parts[^1].IsWhole = piece.IsWhole;
                break;
            case PieceKind.End:
                (End, StopText, Prompt) = (piece.End, piece.StopText, piece.Prompt);
                break;
        }
    }

    private string Join(PieceKind kind) =>
        string.Concat(_parts.Where(part => part.Kind == kind).Select(static part => part.Content.ToString()));
}

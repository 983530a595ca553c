using Ashlar.Engine;
using Ashlar.Server.Catalog;

namespace Ashlar.Server.Answers;

/// <summary>Turns what the engine brings for one choice into pieces.</summary>
internal sealed class ChoiceReader(HostedModel model, PlannedChoice planned, int choice)
{
    private readonly List<int> _tokens = [];
    private bool _hasStarted;

    /// <summary>Reads an update.</summary>
    /// <param name="update">What the engine brought.</param>
    /// <param name="pieces">Gets what it comes to.</param>
    public void Read(GenerationUpdate update, List<AnswerPiece> pieces)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            pieces.Add(new(choice, PieceKind.Start));
            AddText(planned.Echo, pieces);
        }

        if (planned.Request.Stop.Count > 0) _tokens.AddRange(update.Tokens.Span);
        AddText(update.Text, pieces);
        if (update.FinishReason is not { } reason) return;

        var isStop = reason == FinishReason.Stop;
        pieces.Add(new(choice, PieceKind.End)
        {
            End = isStop ? AnswerEnd.Stop : AnswerEnd.Length,
            StopText = isStop && planned.Request.Stop.Count > 0
                ? StopTexts.Matched(model.Tokenizer, planned.Request, _tokens)
                : null,
        });
    }

    private void AddText(string text, List<AnswerPiece> pieces)
    {
        if (text.Length > 0) pieces.Add(new(choice, PieceKind.Text, text));
    }
}

using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Server.Catalog;

namespace Ashlar.Server.Answers;

/// <summary>Turns what the engine brings for one choice into pieces.</summary>
/// <param name="model">What runs it.</param>
/// <param name="planned">What was asked.</param>
/// <param name="choice">The number of the choice.</param>
internal sealed class ChoiceReader(HostedModel model, PlannedChoice planned, int choice)
{
    private static readonly List<ReportedToken> None = []; // for readers alone

    private readonly DialectParser? _parser = planned.CreateParser?.Invoke();
    private readonly List<int> _tokens = []; // all, where stop texts are looked for
    private readonly List<TokenLogProbability> _prompt = []; // where they are told
    private List<ReportedToken> _reported = []; // those that no piece has carried yet
    private bool _hasStarted, _hasEchoed, _isReasoning, _hasCalls;

    /// <summary>Tokens that went into reasoning.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>Reads an update.</summary>
    /// <param name="update">What the engine brought.</param>
    /// <param name="pieces">Gets what it comes to.</param>
    public void Read(GenerationUpdate update, List<AnswerPiece> pieces)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            pieces.Add(new(choice, PieceKind.Start));
            if (planned.EchoesLogProbabilities) _reported.Add(new(planned.Request.PromptTokens.Span[0], null));
        }

        if (planned.TellsPrompt) _prompt.AddRange(update.PromptLogProbabilities);
        if (planned.EchoesLogProbabilities) Echo(update.PromptLogProbabilities);
        if (!_hasEchoed && (update.Tokens.Length > 0 || update.FinishReason is not null))
        {
            _hasEchoed = true; // the prompt's log probabilities are there by now
            Add(PieceKind.Text, planned.Echo, pieces);
        }

        if (planned.Request.Stop.Count > 0 || planned.IncludesStopText) _tokens.AddRange(update.Tokens.Span);
        Report(Ends(update) ? [.. update.LogProbabilities.SkipLast(1)] : update.LogProbabilities);
        if (_parser is null) Add(PieceKind.Text, update.Text, pieces);
        else if (update.Text.Length > 0) Add(_parser.Append(update.Text), pieces);
        if (_isReasoning) ReasoningTokens += update.Tokens.Length;
        if (update.FinishReason is { } reason) AddEnd(reason, pieces);
    }

    // A token that ends the model's turn is no part of the answer.
    private bool Ends(GenerationUpdate update) => update is { FinishReason: FinishReason.Stop, Tokens.Length: > 0 }
        && update.LogProbabilities.Count > 0
        && model.Engine.Model.Tokenizer?.IsEndOfGeneration(update.Tokens.Span[^1]) is true;

    private void Report(IReadOnlyList<TokenLogProbability> probabilities)
    {
        foreach (var probability in probabilities) _reported.Add(new(probability.Token, probability));
    }

    // As many of the likeliest as are told of the output's; of the prompt more may be asked for elsewhere.
    private void Echo(IReadOnlyList<TokenLogProbability> probabilities)
    {
        var most = planned.Request.LogProbabilities ?? 0;
        Report([.. probabilities.Select(probability => probability.Likeliest.Count <= most
            ? probability
            : probability with { Likeliest = [.. probability.Likeliest.Take(most)] })]);
    }

    private void AddEnd(FinishReason reason, List<AnswerPiece> pieces)
    {
        var isStop = reason == FinishReason.Stop;
        var stopText = isStop && planned.Request.Stop.Count > 0
            ? StopTexts.Matched(model.Tokenizer, planned.Request, _tokens)
            : null;
        if (planned.IncludesStopText && isStop && (stopText ?? StopToken()) is { } end)
        {
            if (_parser is null) Add(PieceKind.Text, end, pieces);
            else Add(_parser.Append(end), pieces);
        }

        if (_parser is not null) Add(_parser.Finish(), pieces);
        pieces.Add(new(choice, PieceKind.End)
        {
            Tokens = TakeReported(),
            End = !isStop ? AnswerEnd.Length : _hasCalls ? AnswerEnd.ToolCalls : AnswerEnd.Stop,
            StopText = stopText,
            Prompt = _prompt,
        });
    }

    // The text of a token that the request named as an end, if it was one.
    private string? StopToken()
    {
        if (_tokens.Count == 0 || !planned.Request.StopTokens.Contains(_tokens[^1])) return null;
        var isVisible = planned.Request.VisibleTokens.Contains(_tokens[^1]);
        return model.Tokenizer.Decode([_tokens[^1]], skipSpecial: !isVisible, continuesText: true);
    }

    private void Add(IReadOnlyList<DialectEvent> events, List<AnswerPiece> pieces)
    {
        foreach (var said in events)
        {
            _isReasoning = said is ReasoningDelta;
            switch (said)
            {
                case ReasoningDelta reasoning:
                    Add(PieceKind.Reasoning, reasoning.Text, pieces);
                    break;
                case ContentDelta content:
                    Add(PieceKind.Text, content.Text, pieces);
                    break;
                case ToolCallBegun begun:
                    _hasCalls = true;
                    pieces.Add(new(choice, PieceKind.Call) { CallId = begun.Id, CallName = begun.Name, Tokens = TakeReported() });
                    break;
                case ToolCallArguments arguments:
                    Add(PieceKind.CallArguments, arguments.Text, pieces);
                    break;
                case ToolCallEnded ended:
                    pieces.Add(new(choice, PieceKind.CallEnd) { IsWhole = ended.IsComplete });
                    break;
            }
        }
    }

    private void Add(PieceKind kind, string text, List<AnswerPiece> pieces)
    {
        if (text.Length > 0) pieces.Add(new(choice, kind, text) { Tokens = TakeReported() });
    }

    private List<ReportedToken> TakeReported()
    {
        if (_reported.Count == 0) return None;
        var taken = _reported;
        _reported = [];
        return taken;
    }
}

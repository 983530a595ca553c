using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine;

/// <summary>Turns the tokens of one output into text that is certain: whole characters, and no part of a stop text.</summary>
internal sealed class OutputText
{
    private readonly StreamingDecoder? _decoder;
    private readonly StopMatcher _stops;
    private readonly TextBuffer _released = new();
    private readonly int _spelled; // ids below this have text

    /// <param name="tokenizer">The model's tokenizer; without one there is no text.</param>
    /// <param name="prompt">What the output continues.</param>
    /// <param name="stops">Texts that end the output.</param>
    /// <param name="visible">Special tokens that have text.</param>
    public OutputText(
        Tokenizer? tokenizer, ReadOnlySpan<int> prompt, IReadOnlyList<string> stops, IReadOnlyList<int> visible)
    {
        _stops = new(stops);
        if (tokenizer is null) return;

        // Vocabularies that mark the beginnings of words begin a text with a space which is none; an output that goes on from
        // the prompt's text has real ones only. A model may have more ids than its tokenizer, to fill up a matrix.
        var continuesText = false;
        foreach (var token in prompt) continuesText |= !tokenizer.IsSpecial(token);
        _decoder = tokenizer.CreateDecoder(continuesText, visible: visible);
        _spelled = tokenizer.VocabularySize;
    }

    /// <summary>What has become certain and was not taken yet.</summary>
    public ReadOnlySpan<char> Released => _released.Text;

    /// <summary>Adds the text of a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="mayStop">Whether its text may be part of a stop text.</param>
    /// <returns>Whether a stop text was found.</returns>
    public bool Append(int token, bool mayStop) => token < _spelled && Append(_decoder!.Append(token), mayStop);

    /// <summary>Adds what was held back: the output ends here.</summary>
    /// <param name="mayStop">Whether the text may be part of a stop text.</param>
    /// <returns>Whether a stop text was found.</returns>
    public bool Finish(bool mayStop)
    {
        var found = _decoder is not null && Append(_decoder.Flush(), mayStop);
        _stops.Flush(_released);
        return found;
    }

    /// <summary>What was released has been taken.</summary>
    public void ClearReleased() => _released.Clear();

    private bool Append(ReadOnlySpan<char> text, bool mayStop)
    {
        if (mayStop) return _stops.Append(text, _released);
        _released.Append(text);
        return false;
    }
}

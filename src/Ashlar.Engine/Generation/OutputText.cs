using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine;

/// <summary>Turns the tokens of one output into text that is certain: whole characters, and no part of a stop text.</summary>
internal sealed class OutputText(Tokenizer? tokenizer, IReadOnlyList<string> stops)
{
    private readonly StreamingDecoder? _decoder = tokenizer?.CreateDecoder();
    private readonly StopMatcher _stops = new(stops);
    private readonly TextBuffer _released = new();

    /// <summary>What has become certain and was not taken yet.</summary>
    public ReadOnlySpan<char> Released => _released.Text;

    /// <summary>Adds the text of a token; where the model has no tokenizer, there is none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="mayStop">Whether its text may be part of a stop text.</param>
    /// <returns>Whether a stop text was found.</returns>
    public bool Append(int token, bool mayStop) => _decoder is not null && Append(_decoder.Append(token), mayStop);

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

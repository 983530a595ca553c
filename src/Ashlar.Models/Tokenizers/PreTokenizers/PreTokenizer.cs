namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Cuts text into the pieces that a model encodes one by one. Pieces are pushed to a sink as they are found, so that a text
/// of any length needs no list of them.
/// </summary>
internal abstract class PreTokenizer
{
    /// <summary>Pushes the pieces of <paramref name="text"/>, in order.</summary>
    /// <param name="text">UTF-8, which may hold invalid bytes.</param>
    /// <param name="atStart">Whether the text begins where the whole input begins.</param>
    /// <param name="sink">Where the pieces go.</param>
    public abstract void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink);
}

/// <summary>Takes pieces of text.</summary>
internal abstract class PieceSink
{
    /// <summary>Takes one piece, which is valid during the call alone.</summary>
    public abstract void Accept(ReadOnlySpan<byte> piece, bool atStart);
}

/// <summary>One pre-tokenizer after another, each on the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> stages) : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        for (var i = stages.Count - 1; i > 0; i--) sink = new Stage(stages[i], sink);
        if (stages.Count == 0) sink.Accept(text, atStart);
        else stages[0].Split(text, atStart, sink);
    }

    private sealed class Stage(PreTokenizer splitter, PieceSink next) : PieceSink
    {
        public override void Accept(ReadOnlySpan<byte> piece, bool atStart) => splitter.Split(piece, atStart, next);
    }
}

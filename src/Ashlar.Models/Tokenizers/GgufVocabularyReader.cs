using System.Runtime.CompilerServices;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads the tokens, their kinds and their scores.</summary>
internal sealed class GgufVocabularyReader(GgufMetadata metadata)
{
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string KindsKey = "tokenizer.ggml.token_type";
    private const string ScoresKey = "tokenizer.ggml.scores";

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="byteLevel">Whether ordinary tokens are spelled in the alphabet of bytes.</param>
    // Compiled at full strength at once: the loop is run but once, and long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vocabulary Read(bool byteLevel)
    {
        var tokens = metadata.GetStrings(TokensKey);
        if (tokens.Count is 0 or > VocabularyBuilder.MostTokens)
        {
            throw new InvalidDataException(
                $"{TokensKey} has {tokens.Count} tokens, where 1 to {VocabularyBuilder.MostTokens} are read; "
                + "convert the model again");
        }

        var kinds = metadata.Contains(KindsKey) ? metadata.GetIntegers<int>(KindsKey) : null;
        CheckLength(KindsKey, kinds?.Length, tokens.Count);
        var scores = metadata.Contains(ScoresKey) ? metadata.GetSingles(ScoresKey) : null;
        CheckLength(ScoresKey, scores?.Length, tokens.Count);

        var builder = new VocabularyBuilder(tokens.Count) { Scores = scores };
        for (var id = 0; id < tokens.Count; id++)
        {
            var text = tokens.Utf8(id).Span;
            if (scores is not null && float.IsNaN(scores[id]))
            {
                throw new InvalidDataException($"{ScoresKey}[{id}] is not a number; convert the model again");
            }

            var kind = KindOf(kinds is null ? 1 : kinds[id], text);
            if (byteLevel) builder.AddByteLevel(text, kind);
            else builder.Add(text, kind);
        }

        return builder.Build();
    }

    // Converters have published end-of-turn tokens as ordinary ones; taken as text they would never end a turn.
    private static TokenKind KindOf(int number, ReadOnlySpan<byte> text)
    {
        var kind = number is >= (int)TokenKind.Normal and <= (int)TokenKind.Byte ? (TokenKind)number : TokenKind.Unused;
        return kind is TokenKind.Normal or TokenKind.UserDefined && EndOfTurnTokens.IsUnmistakable(text)
            ? TokenKind.Control
            : kind;
    }

    private static void CheckLength(string key, int? length, int tokens)
    {
        if (length is not null && length != tokens)
        {
            throw new InvalidDataException($"{key} has {length} elements for {tokens} tokens; convert the model again");
        }
    }
}

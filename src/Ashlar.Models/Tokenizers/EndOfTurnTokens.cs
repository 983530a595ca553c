using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The names under which models publish the token that ends a turn or a text. Files often name only one of them as EOS.
/// </summary>
internal static class EndOfTurnTokens
{
    // In the order in which they are taken for the end of a turn, should a vocabulary have several.
    private static readonly byte[][] Names =
    [
        .. new[]
        {
            "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<turn|>", "<|eot|>", "<|return|>", "<|call|>",
            "<|endoftext|>", "<|end_of_text|>", "<|eom_id|>", "<EOT>", "_<EOT>", "<｜end▁of▁sentence｜>", "<end_of_utterance>",
            "</s>",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Whether a token has one of the names.</summary>
    public static bool Contains(ReadOnlySpan<byte> token)
    {
        // Asked of every token of a vocabulary: nearly all are told apart by their first byte.
        if (token.IsEmpty || token[0] is not ((byte)'<' or (byte)'_')) return false;
        foreach (var name in Names)
        {
            if (token.SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a token is an end of turn by its name alone, however the file calls it; "&lt;/s&gt;" may be plain text.
    /// </summary>
    public static bool IsUnmistakable(ReadOnlySpan<byte> token) => !token.SequenceEqual("</s>"u8) && Contains(token);

    /// <summary>Which of these special tokens end a turn, the likeliest first.</summary>
    public static List<int> Among(IEnumerable<int> special, Vocabulary vocabulary)
    {
        var byName = special.Where(id => Contains(vocabulary[id]))
            .ToLookup(id => Array.FindIndex(Names, name => vocabulary[id].SequenceEqual(name)));
        var ends = byName.OrderBy(group => group.Key).SelectMany(group => group).ToList();

        // In the harmony format "<|end|>" ends one message of several.
        if (Any("<|return|>"u8) && Any("<|call|>"u8)) ends.RemoveAll(id => vocabulary[id].SequenceEqual("<|end|>"u8));
        return ends;

        bool Any(ReadOnlySpan<byte> name)
        {
            foreach (var id in ends)
            {
                if (vocabulary[id].SequenceEqual(name)) return true;
            }

            return false;
        }
    }
}

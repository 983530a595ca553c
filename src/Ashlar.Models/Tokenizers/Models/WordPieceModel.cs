namespace Ashlar.Models.Tokenizers;

/// <summary>
/// WordPiece: the longest token that a word begins with, then the longest that continues it, and so on; a word that cannot be
/// spelled so is unknown as a whole.
/// </summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="wordPrefix">What tokens that begin a word are spelled with (▁ in GGUF, nothing in tokenizer.json).</param>
/// <param name="continuationPrefix">What tokens inside a word are spelled with (nothing in GGUF, ## in tokenizer.json).</param>
/// <param name="unknownId">What stands for a word that cannot be spelled.</param>
/// <param name="mostCharacters">Longer words are unknown.</param>
internal sealed class WordPieceModel(
    Vocabulary vocabulary, byte[] wordPrefix, byte[] continuationPrefix, int unknownId, int mostCharacters) : TokenModel
{
    public override void Encode(ReadOnlySpan<byte> piece, EncodeScratch scratch, List<int> ids)
    {
        if (piece.IsEmpty) return;
        var before = ids.Count;
        if (CountCharacters(piece) > mostCharacters || !TrySpell(piece, scratch.Word, ids))
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(unknownId);
        }
    }

    private bool TrySpell(ReadOnlySpan<byte> piece, TextBuffer word, List<int> ids)
    {
        for (ReadOnlySpan<byte> prefix = wordPrefix; !piece.IsEmpty; prefix = continuationPrefix)
        {
            word.Clear();
            word.Write(prefix);
            word.Write(piece);
            var length = Math.Min(word.Length, vocabulary.LongestMatch);
            int id;
            while (!vocabulary.TryFind(word.Written[..length], out id))
            {
                if (--length <= prefix.Length) return false;
            }

            ids.Add(id);
            piece = piece[(length - prefix.Length)..];
        }

        return true;
    }

    private static int CountCharacters(ReadOnlySpan<byte> piece)
    {
        var count = 0;
        foreach (var unit in piece)
        {
            if ((unit & 0xC0) != 0x80) count++;
        }

        return count;
    }
}

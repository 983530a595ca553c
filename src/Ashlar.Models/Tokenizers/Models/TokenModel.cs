namespace Ashlar.Models.Tokenizers;

/// <summary>The part of a tokenizer that turns one piece of text into token ids.</summary>
internal abstract class TokenModel
{
    /// <summary>
    /// Whether no token joins other text with a space mark (▁) behind it, so that text may be cut before each such mark.
    /// </summary>
    public virtual bool CutsBeforeSpaceMark => false;

    /// <summary>Appends the ids of a piece.</summary>
    public abstract void Encode(ReadOnlySpan<byte> piece, EncodeScratch scratch, List<int> ids);
}

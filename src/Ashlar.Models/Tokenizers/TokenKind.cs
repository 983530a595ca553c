namespace Ashlar.Models.Tokenizers;

/// <summary>What a token is; the numbers are GGUF's <c>tokenizer.ggml.token_type</c>.</summary>
internal enum TokenKind : byte
{
    /// <summary>Text that the model's own rules find.</summary>
    Normal = 1,
    /// <summary>What stands for text that the vocabulary cannot spell.</summary>
    Unknown = 2,
    /// <summary>A mark of structure (begin, end of turn, ...), never text.</summary>
    Control = 3,
    /// <summary>Text that is matched as a whole before any other rule.</summary>
    UserDefined = 4,
    /// <summary>An id kept for later.</summary>
    Unused = 5,
    /// <summary>One raw byte, spelled &lt;0xNN&gt;.</summary>
    Byte = 6,
}

namespace Ashlar.Training.Tokenizers;

/// <summary>What a byte-pair vocabulary shall be like.</summary>
public sealed record BytePairOptions
{
    /// <summary>
    /// How many tokens there shall be in all: 256 of single bytes, the merges', and the special ones; at most 2^20. A text that
    /// has fewer pairs worth merging gives fewer.
    /// </summary>
    public required int VocabularySize { get; init; }

    /// <summary>How often a pair must occur to be merged, 1 or more.</summary>
    public long MinimumFrequency { get; init; } = 2;

    /// <summary>
    /// How text is cut into the pieces that no token crosses, by its name in GGUF's <c>tokenizer.ggml.pre</c>: one of
    /// <see cref="BytePairTrainer.PreTokenizers"/>.
    /// </summary>
    public string PreTokenizer { get; init; } = "gpt-2";

    /// <summary>
    /// Tokens that are structure, not text. They get the last ids, in this order; where the text holds one it is left out.
    /// </summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>The special token that begins a text, if any. One that is not listed is added, as are the next two.</summary>
    public string? Bos { get; init; }

    /// <summary>The special token that ends a text, if any.</summary>
    public string? Eos { get; init; }

    /// <summary>The special token that fills unused places, if any.</summary>
    public string? Padding { get; init; }

    /// <summary>Whether <see cref="Bos"/> goes before every text that is encoded with special tokens.</summary>
    public bool AddsBos { get; init; }

    /// <summary>The chat template, in Jinja, that goes with the vocabulary, if any.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The most bytes that a token may stand for, from 2 to 256.</summary>
    public int LongestTokenBytes { get; init; } = 64;

    /// <summary>
    /// The most bytes that pieces unlike one another may have together; about 32 bytes of memory are needed for each. Where a
    /// text has more, the rarest pieces are forgotten, the same ones however many threads there are.
    /// </summary>
    public int MostDistinctBytes { get; init; } = 32 << 20;

    /// <summary>Threads that count, 1 or more; by default one for each processor. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>All special tokens in the order of their ids.</summary>
    internal string[] AllSpecialTokens => [.. SpecialTokens.Concat(new[] { Bos, Eos, Padding }.OfType<string>()).Distinct()];

    /// <summary>How many merges there shall be at most.</summary>
    internal int MostMerges => VocabularySize - 256 - AllSpecialTokens.Length;

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Check()
    {
        var least = 256 + AllSpecialTokens.Length;
        Require(
            VocabularySize >= least && VocabularySize <= 1 << 20,
            $"the vocabulary size is {VocabularySize}; it must be from {least} (bytes and special tokens) to {1 << 20}");
        Require(MinimumFrequency >= 1, $"the minimum frequency is {MinimumFrequency}; it must be 1 or more");
        Require(LongestTokenBytes is >= 2 and <= 256, $"the longest token has {LongestTokenBytes} bytes; give 2 to 256");
        Require(MostDistinctBytes is >= 1 << 10 and <= 1 << 28, $"{MostDistinctBytes} distinct bytes; give 2^10 to 2^28");
        Require(Threads >= 1, $"{Threads} threads; give 1 or more");
        Require(!AddsBos || Bos is not null, "a BOS token is to be added, and none is named; name one");
        foreach (var token in AllSpecialTokens)
        {
            // Shorter ones, and such as the alphabet of bytes has, could be the spelling of another token.
            Require(
                token.Length is >= 3 and <= 128 && token.All(c => c is > ' ' and <= '~'),
                $"special token '{token}'; it must have 3 to 128 characters of ASCII, none of them a space");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new ArgumentException(message);
    }
}

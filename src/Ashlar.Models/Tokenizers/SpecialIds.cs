namespace Ashlar.Models.Tokenizers;

/// <summary>The ids that have a part in the structure of a text.</summary>
internal sealed record SpecialIds
{
    public int? Bos { get; init; }

    public int? Eos { get; init; }

    public int? Eot { get; init; }

    public int? Unknown { get; init; }

    public int? Padding { get; init; }

    /// <summary>The tokens that ask for a text in the middle; null where there are none.</summary>
    public InfillTokens? Infill { get; init; }

    /// <summary>What stands before a text that is encoded with special tokens.</summary>
    public int[] Prefix { get; init; } = [];

    /// <summary>What stands behind it.</summary>
    public int[] Suffix { get; init; } = [];

    /// <summary>Every id at which generation ends.</summary>
    public HashSet<int> EndsGeneration { get; init; } = [];

    /// <summary>The ids that are structure, not text.</summary>
    public HashSet<int> Special { get; init; } = [];
}

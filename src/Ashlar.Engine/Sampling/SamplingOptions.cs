namespace Ashlar.Engine;

/// <summary>
/// How the next token is chosen from the logits. The default draws from the model's own distribution: every filter and
/// penalty is off. The order in which the stages act is written at <see cref="Sampling.Sampler"/>.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Draw from the model's distribution as it is.</summary>
    public static SamplingOptions Default { get; } = new();

    /// <summary>Always the likeliest token; of equals, the lowest id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>
    /// Divides the logits: 0 to 2, as OpenAI's API has it. 0 is greedy; 1, the default, leaves them as they are.
    /// </summary>
    public float Temperature { get; init; } = 1;

    /// <summary>
    /// Keeps the likeliest tokens that together reach this probability (nucleus sampling, Holtzman et al. 2020): above 0, up
    /// to 1. 1, the default, keeps all.
    /// </summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps this many of the likeliest tokens: 1 or more; 0, the default, or -1 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Keeps the tokens that are at least this fraction as likely as the likeliest (Nguyen et al. 2024): 0 to 1. 0, the
    /// default, keeps all.
    /// </summary>
    public float MinP { get; init; }

    /// <summary>
    /// Keeps the tokens whose information is nearest to the entropy until they reach this probability (locally typical
    /// sampling, Meister et al. 2022): above 0, up to 1. 1, the default, keeps all.
    /// </summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>
    /// Divides positive and multiplies negative logits of tokens that the prompt or the output holds (Keskar et al. 2019):
    /// 0.01 to 10. 1, the default, is off; more discourages repetition.
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// Taken from a token's logit once for every time that the output holds it: -2 to 2. 0, the default, is off.
    /// </summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken from a token's logit once when the output holds it: -2 to 2. 0, the default, is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Added to the logits of these token ids before anything else: -100 to 100 each. None by default.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>The only token ids that may be chosen, one or more. Unset, the default, all may.</summary>
    public IReadOnlyList<int>? AllowedTokens { get; init; }

    /// <summary>
    /// Token ids that must not come in the output one after another: of each sequence, of one token or more, the last is
    /// forbidden where the others came just before. None by default.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> ForbiddenSequences { get; init; } = [];

    /// <summary>
    /// Any 64-bit number; the same seed draws the same tokens. Unset, every request draws by a seed of its own.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Checks every field against its range, and the biased tokens against the vocabulary.</summary>
    /// <param name="vocabularySize">The number of token ids, 1 or more.</param>
    /// <exception cref="ArgumentException">A field is out of range; the message names it, its value and the range.</exception>
    public void Validate(int vocabularySize)
    {
        Require(Temperature is >= 0 and <= 2, nameof(Temperature), Temperature, "from 0 to 2");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and up to 1");
        Require(TopK >= -1, nameof(TopK), TopK, "1 or more, or 0 or -1 to keep all");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "from 0 to 1");
        Require(TypicalP is > 0 and <= 1, nameof(TypicalP), TypicalP, "above 0 and up to 1");
        Require(RepetitionPenalty is >= 0.01f and <= 10, nameof(RepetitionPenalty), RepetitionPenalty, "from 0.01 to 10");
        Require(FrequencyPenalty is >= -2 and <= 2, nameof(FrequencyPenalty), FrequencyPenalty, "from -2 to 2");
        Require(PresencePenalty is >= -2 and <= 2, nameof(PresencePenalty), PresencePenalty, "from -2 to 2");
        foreach (var (token, bias) in LogitBias ?? new Dictionary<int, float>())
        {
            Require(token >= 0 && token < vocabularySize, $"{nameof(LogitBias)} token", token, $"from 0 to {vocabularySize - 1}");
            Require(bias is >= -100 and <= 100, $"{nameof(LogitBias)} of token {token}", bias, "from -100 to 100");
        }

        Require(AllowedTokens is not { Count: 0 }, $"the count of {nameof(AllowedTokens)}", 0, "1 or more");
        foreach (var token in AllowedTokens ?? []) RequireToken(nameof(AllowedTokens), token);
        foreach (var sequence in ForbiddenSequences)
        {
            Require(sequence.Count > 0, $"the length of a sequence of {nameof(ForbiddenSequences)}", 0, "1 or more");
            foreach (var token in sequence) RequireToken(nameof(ForbiddenSequences), token);
        }

        void RequireToken(string field, int token) => Require(
            (uint)token < (uint)vocabularySize, $"{field} token", token, $"from 0 to {vocabularySize - 1}");
    }

    private static void Require<T>(bool inRange, string field, T value, string range)
    {
        if (!inRange) throw OptionError.Of($"{field} is {value}; it must be {range}");
    }
}

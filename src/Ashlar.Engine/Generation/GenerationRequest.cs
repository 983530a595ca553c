using Ashlar.Engine.Grammars;

namespace Ashlar.Engine;

/// <summary>What to continue, how to choose the tokens, and when to end.</summary>
public sealed record GenerationRequest
{
    private const int MostStops = 64;
    private const int LongestStop = 4096;
    private const int MostLogProbabilities = 128;

    /// <summary>
    /// The tokens to continue, special tokens and all: the engine adds none, but for an empty prompt, which stands for the
    /// vocabulary's begin-of-sequence token. At most as many as the context holds; they must not change until the output has
    /// ended.
    /// </summary>
    public required ReadOnlyMemory<int> PromptTokens { get; init; }

    /// <summary>
    /// The most tokens to generate, 0 or more. Unset, or past the end of the context: until the context is full. 0 computes
    /// the prompt alone.
    /// </summary>
    public int? MaxTokens { get; init; }

    /// <summary>How the tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>
    /// Texts that end the generation; they are no part of the output. The first to be complete counts, of those complete at once
    /// the longest. At most 64 texts of 1 to 4096 characters.
    /// </summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Token ids that end the generation; their text is no part of the output.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>
    /// Special tokens whose text is part of the output all the same, and of what stop texts are looked for in. Special tokens
    /// have no text otherwise. A token that ends the output has none in any case.
    /// </summary>
    public IReadOnlyList<int> VisibleTokens { get; init; } = [];

    /// <summary>Whether the model's own end-of-generation tokens are treated as any other.</summary>
    public bool IgnoreEndOfSequence { get; init; }

    /// <summary>
    /// Tokens to generate before anything but the token limit may end the output, 0 up to <see cref="MaxTokens"/>: until then
    /// tokens that would end it are not chosen and stop texts are not looked for. A grammar that allows no more ends it all the
    /// same.
    /// </summary>
    public int MinTokens { get; init; }

    /// <summary>
    /// What the output must be: only tokens that may come next are chosen, and the output ends where nothing may follow. Unset,
    /// anything. The model must have a tokenizer.
    /// </summary>
    public GrammarSource? Grammar { get; init; }

    /// <summary>
    /// How many of the likeliest tokens to report beside each generated one, 0 to 128, with their log probabilities; 0 reports the
    /// generated ones alone, unset none. They are the model's own: before bias, penalties and temperature.
    /// </summary>
    public int? LogProbabilities { get; init; }

    /// <summary>
    /// Token ids whose log probabilities are reported beside each generated token, likely or not; at most 128. Needs
    /// <see cref="LogProbabilities"/>, which may be 0.
    /// </summary>
    public IReadOnlyList<int> LogProbabilityTokens { get; init; } = [];

    /// <summary>
    /// The same for the prompt's tokens, but for the first, which nothing foretells. The prompt is then computed from its start.
    /// </summary>
    public int? PromptLogProbabilities { get; init; }

    /// <summary>
    /// Requests of a lower number come first, and may take the place of running ones of a higher: as vLLM's. 0 by default.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>
    /// Whether somebody waits for every keystroke: the request comes before all others, which rest for most steps meanwhile.
    /// </summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whose request it is: among those that wait, the tenant that was served least comes first.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>
    /// Requests of different salts share nothing: who may not know whether a prompt was asked before, must not use its salt.
    /// </summary>
    public string CacheSalt { get; init; } = "";

    /// <summary>
    /// The adapter to run the model with, by the name that it was loaded under. Unset, the model itself.
    /// </summary>
    public string? Adapter { get; init; }

    /// <summary>How long after its arrival the request is worth nothing any more; it then fails. Unset, never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Checks every field.</summary>
    /// <param name="vocabulary">The number of token ids.</param>
    /// <param name="contextLength">Tokens that prompt and output may have together.</param>
    /// <exception cref="ArgumentException">
    /// A field is out of its range; the message names it, its value and the range.
    /// </exception>
    internal void Validate(int vocabulary, int contextLength)
    {
        if (PromptTokens.Length > contextLength) throw new PromptTooLongException(PromptTokens.Length, contextLength);
        CheckTokens(nameof(PromptTokens), PromptTokens.Span, vocabulary);
        CheckTokens(nameof(StopTokens), StopTokens.ToArray(), vocabulary);
        CheckTokens(nameof(VisibleTokens), VisibleTokens.ToArray(), vocabulary);
        if (MaxTokens < 0) throw OptionError.Of($"MaxTokens is {MaxTokens}; it must be 0 or more");
        if (MinTokens < 0 || MinTokens > MaxTokens)
        {
            var most = MaxTokens is null ? "" : $", and not over MaxTokens, {MaxTokens}";
            throw OptionError.Of($"MinTokens is {MinTokens}; it must be 0 or more{most}");
        }

        CheckCount(nameof(LogProbabilities), LogProbabilities);
        CheckTokens(nameof(LogProbabilityTokens), LogProbabilityTokens.ToArray(), vocabulary);
        CheckCount(nameof(LogProbabilityTokens), LogProbabilityTokens.Count);
        if (LogProbabilityTokens.Count > 0 && LogProbabilities is null)
        {
            throw OptionError.Of($"LogProbabilityTokens has {LogProbabilityTokens.Count} ids; set LogProbabilities too, if to 0");
        }

        CheckCount(nameof(PromptLogProbabilities), PromptLogProbabilities);
        if (Timeout <= TimeSpan.Zero) throw OptionError.Of($"Timeout is {Timeout}; it must be above zero");
        if (Stop.Count > MostStops) throw OptionError.Of($"Stop has {Stop.Count} texts; it may have {MostStops}");
        for (var i = 0; i < Stop.Count; i++)
        {
            if (Stop[i] is not { Length: >= 1 and <= LongestStop })
            {
                throw OptionError.Of($"Stop[{i}] has {Stop[i]?.Length ?? 0} characters; it must have from 1 to {LongestStop}");
            }
        }

        Sampling.Validate(vocabulary);
    }

    private static void CheckCount(string field, int? count)
    {
        if (count is < 0 or > MostLogProbabilities)
        {
            throw OptionError.Of($"{field} is {count}; it must be from 0 to {MostLogProbabilities}");
        }
    }

    private static void CheckTokens(string field, ReadOnlySpan<int> tokens, int vocabulary)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabulary)
            {
                throw OptionError.Of($"{field}[{i}] is {tokens[i]}; it must be from 0 to {vocabulary - 1}");
            }
        }
    }
}

using Ashlar.Engine;
using Ashlar.Server.Access;

namespace Ashlar.Server.Answers;

/// <summary>An answer as far as it has come: the fold over its pieces, which is the whole answer in the end.</summary>
/// <param name="id">What names it.</param>
/// <param name="created">When its first token came.</param>
/// <param name="model">The name of the model that gives it.</param>
/// <param name="choices">How many choices it has, 1 or more.</param>
/// <param name="tally">What it has cost so far.</param>
internal sealed class Answer(string id, DateTimeOffset created, string model, int choices, RequestTally tally)
{
    public string Id => id;

    public DateTimeOffset Created => created;

    public string Model => model;

    public IReadOnlyList<AnsweredChoice> Choices { get; private set; } =
        [.. Enumerable.Range(0, choices).Select(static _ => new AnsweredChoice())];

    /// <summary>What the choices took; complete once all have ended.</summary>
    public GenerationUsage Usage => tally.Usage;

    /// <summary>What is known of the usage before the end: how much of a prompt was in the cache, once its first token has
    /// come.</summary>
    public GenerationUsage UsageSoFar =>
        new(tally.PromptTokens, tally.GeneratedTokens, tally.Started?.Usage.CachedTokens ?? 0);

    /// <summary>Where the time of the choices went, one after another; complete once all have ended.</summary>
    public GenerationTimings Timings => tally.Timings;

    /// <summary>Tells what became of its time; null where nobody asked.</summary>
    public TimingsReport? Report { get; init; }

    /// <summary>Tokens that went into what the model thought.</summary>
    public int ReasoningTokens { get; set; }

    public void Add(in AnswerPiece piece) => Choices[piece.Choice].Add(piece);

    /// <summary>Keeps of each prompt's choices, which are complete, only the likeliest by their mean log probability.</summary>
    /// <param name="told">How many to keep of each prompt.</param>
    /// <param name="of">How many each prompt has.</param>
    public void KeepBest(int told, int of) => Choices =
        [
        .. Choices.Chunk(of).SelectMany(choices =>
            choices.OrderByDescending(static choice => choice.MeanLogProbability).Take(told)),
    ];
}

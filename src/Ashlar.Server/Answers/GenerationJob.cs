using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Server.Catalog;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Answers;

/// <summary>A request that was read whole, whichever protocol it came by: what to run, and how to tell the answer.</summary>
/// <param name="Model">What runs it.</param>
/// <param name="Choices">One request to the engine for each choice of the answer, 1 or more.</param>
/// <param name="Format">How the answer is told.</param>
/// <param name="IsStreamed">Piece by piece, rather than whole in the end.</param>
internal sealed record GenerationJob(
    HostedModel Model, IReadOnlyList<PlannedChoice> Choices, AnswerFormat Format, bool IsStreamed)
{
    /// <summary>
    /// How many choices of a prompt are told, the likeliest by their mean log probability, and of how many; null for all.
    /// </summary>
    public (int Told, int Of)? Best { get; init; }

    /// <summary>Whether the answer tells what became of its time.</summary>
    public TimingFields Timings { get; init; }
}

/// <summary>One choice of an answer.</summary>
/// <param name="Request">What to ask the engine.</param>
/// <param name="Echo">Text that goes before the engine's.</param>
internal sealed record PlannedChoice(GenerationRequest Request, string Echo = "")
{
    /// <summary>Makes what finds reasoning and calls in the output; null where it is mere text.</summary>
    public Func<DialectParser>? CreateParser { get; init; }

    /// <summary>Whether the prompt's log probabilities go before those of the output.</summary>
    public bool EchoesLogProbabilities { get; init; }

    /// <summary>Whether the prompt's log probabilities are told apart from the output's.</summary>
    public bool TellsPrompt { get; init; }

    /// <summary>Whether a stop text that ends the output is part of the text.</summary>
    public bool IncludesStopText { get; init; }

    /// <summary>The field that the request's grammar comes from, for errors.</summary>
    public string? GrammarField { get; init; }

    /// <summary>Lets the output end before its time; null where the engine alone says when.</summary>
    public Func<IAsyncEnumerable<GenerationUpdate>, IAsyncEnumerable<GenerationUpdate>>? Limit { get; init; }

    /// <summary>Tokens of the prompt; an empty one stands for the token that begins every text.</summary>
    public int PromptTokens => Math.Max(1, Request.PromptTokens.Length);
}

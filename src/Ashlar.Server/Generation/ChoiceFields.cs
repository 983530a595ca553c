using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>How many choices a request wants of each prompt.</summary>
/// <param name="Count">Choices of a prompt that are told, 1 or more.</param>
/// <param name="BestOf">Choices of a prompt that are generated, at least as many.</param>
internal sealed record ChoiceFields(int Count, int BestOf)
{
    private const int MostChoices = 128;

    /// <summary>What <see cref="GenerationJob.Best"/> is.</summary>
    public (int Told, int Of)? Best => BestOf > Count ? (Count, BestOf) : null;

    /// <summary>Reads <c>n</c> and <c>best_of</c>.</summary>
    public static ChoiceFields Read(RequestFields fields, StreamFields stream)
    {
        var count = fields.Integer("n", 1, MostChoices) ?? 1;
        var bestOf = fields.Integer("best_of", 1, MostChoices) ?? count;
        if (bestOf < count) throw FieldErrors.WrongValue("best_of", $"{bestOf}", $"{count} or more, as 'n' is");
        if (bestOf > count && stream.IsStreamed)
        {
            throw FieldErrors.WrongValue("best_of", $"{bestOf}", $"{count} as 'n' is, when 'stream' is true");
        }

        return new(count, bestOf);
    }

    /// <summary>The choices of all prompts, those of a prompt together: each draws by a seed of its own.</summary>
    public IReadOnlyList<PlannedChoice> Plan(IReadOnlyList<PlannedChoice> prompts)
    {
        if (prompts.Count * BestOf > MostChoices)
        {
            throw FieldErrors.WrongValue(
                "n", $"{BestOf} for {prompts.Count} prompts", $"such that there are at most {MostChoices} choices");
        }

        return [.. from prompt in prompts from copy in Enumerable.Range(0, BestOf) select Copy(prompt, copy)];
    }

    private static PlannedChoice Copy(PlannedChoice choice, int copy)
    {
        var sampling = choice.Request.Sampling;
        if (copy == 0 || sampling.Seed is not { } seed) return choice;
        return choice with { Request = choice.Request with { Sampling = sampling with { Seed = unchecked(seed + copy) } } };
    }
}

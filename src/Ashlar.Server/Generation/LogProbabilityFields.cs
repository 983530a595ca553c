using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Reads how many likely tokens are to be told beside each of the output; null where nothing is.</summary>
internal static class LogProbabilityFields
{
    private const int Most = 20;

    /// <summary>Reads chat's <c>logprobs</c> and <c>top_logprobs</c>.</summary>
    public static int? ReadChat(RequestFields fields)
    {
        const string Top = "top_logprobs";
        var isWanted = fields.Boolean("logprobs") ?? false;
        var count = fields.Integer(Top, 0, Most);
        if (count > 0 && !isWanted) throw FieldErrors.WrongValue(Top, $"{count}", "absent unless 'logprobs' is true");
        return isWanted ? count ?? 0 : null;
    }

    /// <summary>Reads the <c>logprobs</c> of completions, which is a number; false, as chat has it, is none.</summary>
    public static int? ReadCompletion(RequestFields fields) =>
        fields.Take("logprobs") is { ValueKind: JsonValueKind.False } ? null : fields.Integer("logprobs", 0, Most);

    /// <summary>The request with what its choices need: the likeliest of several are found by their log probabilities.</summary>
    public static GenerationRequest With(this GenerationRequest request, int? logProbabilities, ChoiceFields choices) =>
        request with { LogProbabilities = logProbabilities ?? (choices.BestOf > choices.Count ? 0 : null) };
}

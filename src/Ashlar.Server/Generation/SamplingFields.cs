using System.Globalization;
using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Reads the fields that say how tokens are chosen.</summary>
internal static class SamplingFields
{
    private const float MostBias = 100;

    /// <summary>The sampling options; what is absent has OpenAI's default, which is the engine's.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="vocabulary">The number of token ids.</param>
    public static SamplingOptions Read(RequestFields fields, int vocabulary)
    {
        var defaults = SamplingOptions.Default;
        return new()
        {
            Temperature = fields.Number("temperature", 0, 2) ?? defaults.Temperature,
            TopP = fields.Number("top_p", 0, 1, isOpen: true) ?? defaults.TopP,
            TopK = fields.Integer("top_k", -1, int.MaxValue) ?? defaults.TopK,
            MinP = fields.Number("min_p", 0, 1) ?? defaults.MinP,
            TypicalP = fields.Number("typical_p", 0, 1, isOpen: true) ?? defaults.TypicalP,
            RepetitionPenalty = fields.Number("repetition_penalty", 0.01f, 10) ?? defaults.RepetitionPenalty,
            FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
            PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
            LogitBias = LogitBias(fields, vocabulary),
            Seed = fields.Integer("seed", long.MinValue, long.MaxValue),
        };
    }

    private static Dictionary<int, float>? LogitBias(RequestFields fields, int vocabulary)
    {
        const string Name = "logit_bias";
        if (fields.Take(Name, JsonValueKind.Object, "an object of token ids and numbers") is not { } biases) return null;

        var result = new Dictionary<int, float>();
        foreach (var property in biases.EnumerateObject())
        {
            var param = $"{Name}.{property.Name}";
            if (!int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var token)
                || token >= vocabulary)
            {
                throw FieldErrors.WrongValue(
                    Name, $"an object with the name '{property.Name}'", $"one of token ids, from 0 to {vocabulary - 1}");
            }

            if (!result.TryAdd(token, JsonNumbers.Number(property.Value, param, -MostBias, MostBias)))
            {
                throw FieldErrors.WrongValue(Name, $"an object that names token {token} twice", "one that names each once");
            }
        }

        return result;
    }
}

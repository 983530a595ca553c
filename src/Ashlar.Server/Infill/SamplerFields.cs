using System.Collections.Frozen;
using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Infill;

/// <summary>
/// Reads how tokens are chosen by llama.cpp's names. What is not said is off, and without a <c>temperature</c> the likeliest
/// token is taken: who types wants the same at every keystroke.
/// </summary>
internal static class SamplerFields
{
    private const string Samplers = "samplers";

    // Fields of samplers and services that are not here, with the values that ask for nothing.
    private static readonly FrozenDictionary<string, Func<JsonElement, bool>> Unsupported =
        new Dictionary<string, Func<JsonElement, bool>>
        {
            ["dynatemp_range"] = IsZero,
            ["dynatemp_exponent"] = static _ => true,
            ["xtc_probability"] = IsZero,
            ["xtc_threshold"] = static _ => true,
            ["dry_multiplier"] = IsZero,
            ["dry_base"] = static _ => true,
            ["dry_allowed_length"] = static _ => true,
            ["dry_penalty_last_n"] = static _ => true,
            ["dry_sequence_breakers"] = static _ => true,
            ["top_n_sigma"] = static value => value.ValueKind == JsonValueKind.Number && value.GetDouble() <= 0,
            ["mirostat"] = IsZero,
            ["mirostat_tau"] = static _ => true,
            ["mirostat_eta"] = static _ => true,
            ["n_probs"] = IsZero,
            ["min_keep"] = IsZero,
            ["n_keep"] = static _ => true, // the context does not move on here
            ["n_discard"] = static _ => true,
            ["post_sampling_probs"] = IsFalse,
            ["return_progress"] = IsFalse,
            ["timings_per_token"] = IsFalse,
            ["lora"] = static value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The options of a request that were read by OpenAI's names, with what llama.cpp calls otherwise.</summary>
    public static SamplingOptions Read(RequestFields fields, SamplingOptions sampling)
    {
        var penalty = fields.Number("repeat_penalty", 0.01f, 10) ?? sampling.RepetitionPenalty;
        if (fields.Integer("repeat_last_n", -1, int.MaxValue) is 0) penalty = 1; // else all of the past counts
        sampling = sampling with
        {
            RepetitionPenalty = penalty,
            Seed = sampling.Seed is -1 ? null : sampling.Seed,
            Temperature = fields.Take("temperature") is null ? 0 : sampling.Temperature,
        };
        return fields.Array(Samplers, "an array of names") is { } names ? Keep(sampling, names) : sampling;
    }

    /// <summary>Judges what is left of a request after all else was read.</summary>
    /// <exception cref="ApiException">A field is not supported, or unknown.</exception>
    public static void Judge(RequestFields fields)
    {
        foreach (var (name, value) in fields.Unread())
        {
            if (!Unsupported.TryGetValue(name, out var asksForNothing)) throw FieldErrors.Unknown(fields.PathOf(name));
            if (value.ValueKind == JsonValueKind.Null || asksForNothing(value)) continue;
            throw FieldErrors.Unsupported(fields.PathOf(name), "leave it out");
        }
    }

    // A sampler that is not named does nothing. Their order is the engine's own.
    private static SamplingOptions Keep(SamplingOptions sampling, JsonElement json)
    {
        HashSet<string> names = [];
        foreach (var (index, value) in json.EnumerateArray().Index())
        {
            var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.Quote();
            names.Add(name is "dry" or "top_k" or "typ_p" or "typical_p" or "top_p" or "min_p" or "xtc" or "temperature"
                or "penalties" or "infill" or "top_n_sigma"
                ? name
                : throw FieldErrors.WrongValue($"{Samplers}[{index}]", name, "the name of one of llama.cpp's samplers"));
        }

        var defaults = SamplingOptions.Default;
        var isPenal = names.Contains("penalties");
        return sampling with
        {
            RepetitionPenalty = isPenal ? sampling.RepetitionPenalty : defaults.RepetitionPenalty,
            FrequencyPenalty = isPenal ? sampling.FrequencyPenalty : defaults.FrequencyPenalty,
            PresencePenalty = isPenal ? sampling.PresencePenalty : defaults.PresencePenalty,
            TopK = names.Contains("top_k") ? sampling.TopK : defaults.TopK,
            TopP = names.Contains("top_p") ? sampling.TopP : defaults.TopP,
            MinP = names.Contains("min_p") ? sampling.MinP : defaults.MinP,
            TypicalP = names.Contains("typ_p") || names.Contains("typical_p") ? sampling.TypicalP : defaults.TypicalP,
            // llama.cpp's 'infill' leaves but the tokens that are likely; here it leaves the likeliest.
            Temperature = names.Contains("infill") ? 0
                : names.Contains("temperature") ? sampling.Temperature
                : defaults.Temperature,
        };
    }

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0;

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.False;
}

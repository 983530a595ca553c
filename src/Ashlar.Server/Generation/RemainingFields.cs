using System.Collections.Frozen;
using System.Text.Json;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>
/// Judges the fields that neither endpoint acts upon. Those without consequence for the answer are let pass; those that ask for
/// what is not done here are refused, but for the value that asks for nothing; all others are unknown and refused as well.
/// </summary>
internal static class RemainingFields
{
    private const string LeaveOut = "leave it out";

    private static readonly FrozenDictionary<string, (Func<JsonElement, bool> AsksForNothing, string Mend)> Unsupported =
        new Dictionary<string, (Func<JsonElement, bool>, string)>
        {
            ["logprobs"] = (IsFalse, LeaveOut),
            ["top_logprobs"] = (IsZero, LeaveOut),
            ["tools"] = (IsEmptyArray, "send the conversation to /v1/chat/completions"),
            ["tool_choice"] = (value => IsText(value, "none"), LeaveOut),
            ["parallel_tool_calls"] = (Never, LeaveOut),
            ["reasoning_effort"] = (Never, LeaveOut),
            ["prompt_logprobs"] = (Never, LeaveOut),
            ["functions"] = (IsEmptyArray, "describe functions in a message"),
            ["function_call"] = (value => IsText(value, "none"), LeaveOut),
            ["modalities"] = (IsTextModality, "only text is generated"),
            ["audio"] = (Never, "only text is generated"),
            ["prediction"] = (Never, LeaveOut),
            ["verbosity"] = (Never, LeaveOut),
            ["web_search_options"] = (Never, LeaveOut),
            ["store"] = (IsFalse, "nothing is stored"),
            ["background"] = (IsFalse, "answers are given at once"),
            ["conversation"] = (Never, "'previous_response_id' goes on from an answer"),
            ["max_tool_calls"] = (Never, LeaveOut),
            ["truncation"] = (value => IsText(value, "disabled"), "prompts are never truncated; shorten it"),
            ["prompt_cache_retention"] = (Never, LeaveOut),
            ["service_tier"] = (value => IsText(value, "auto") || IsText(value, "default"), "there is one tier"),
            ["suffix"] = (value => IsText(value, ""), "send the text to /v1/completions"),
            ["skip_special_tokens"] = (IsTrue, "special tokens are not part of the text here"),
            ["spaces_between_special_tokens"] = (IsTrue, LeaveOut),
            ["include_stop_str_in_output"] = (IsFalse, "stop texts are not part of the text here"),
            ["detokenize"] = (IsTrue, "the answer is text"),
            ["chat_template"] = (Never, "the server's own is used"),
            ["truncate_prompt_tokens"] = (Never, "prompts are not truncated here; shorten it"),
            ["use_beam_search"] = (IsFalse, LeaveOut),
            ["length_penalty"] = (IsOne, LeaveOut),
            ["bad_words"] = (IsEmptyArray, "leave it out"),
            ["allowed_token_ids"] = (Never, "leave it out"),
            ["logits_processors"] = (Never, LeaveOut),
            ["guided_decoding_backend"] = (Never, LeaveOut),
            ["guided_whitespace_pattern"] = (Never, LeaveOut),
            ["documents"] = (IsEmptyArray, "some models take them in 'chat_template_kwargs'"),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Judges what is left of a request after all else was read.</summary>
    /// <exception cref="ApiException">A field is not supported, unknown, or of a wrong type.</exception>
    public static void Judge(RequestFields fields)
    {
        fields.Text("user");
        fields.Text("safety_identifier");
        fields.Text("prompt_cache_key");
        CheckMetadata(fields);

        foreach (var (name, value) in fields.Unread())
        {
            if (!Unsupported.TryGetValue(name, out var field)) throw FieldErrors.Unknown(fields.PathOf(name));
            if (value.ValueKind == JsonValueKind.Null || field.AsksForNothing(value)) continue;
            throw FieldErrors.Unsupported(fields.PathOf(name), field.Mend);
        }
    }

    private static void CheckMetadata(RequestFields fields)
    {
        const string Name = "metadata";
        if (fields.Take(Name, JsonValueKind.Object, "an object of strings") is not { } metadata) return;
        foreach (var property in metadata.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw FieldErrors.WrongType($"{Name}.{property.Name}", property.Value.Describe(), "a string");
            }
        }
    }

    private static bool Never(JsonElement value) => false;

    private static bool IsTrue(JsonElement value) => value.ValueKind == JsonValueKind.True;

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.False;

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0;

    private static bool IsOne(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 1;

    private static bool IsText(JsonElement value, string text) =>
        value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsEmptyArray(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private static bool IsTextModality(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && IsText(value[0], "text");
}

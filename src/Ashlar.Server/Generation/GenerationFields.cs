using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Reads the fields that say how to generate and when to end: OpenAI's, and those that vLLM adds.</summary>
internal static class GenerationFields
{
    private const int MostStops = 64;
    private const int LongestStop = 4096;

    /// <summary>A request that lacks only its prompt.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="engine">What will run it: its vocabulary and context bound the fields.</param>
    /// <param name="maxTokens">The most tokens to generate, as the endpoint has read it.</param>
    /// <param name="stopName">What the protocol calls the field of stop texts.</param>
    public static GenerationRequest Read(RequestFields fields, InferenceEngine engine, int? maxTokens, string stopName = "stop")
    {
        var vocabulary = engine.Model.Configuration.VocabularySize;
        return new()
        {
            PromptTokens = default,
            MaxTokens = maxTokens,
            MinTokens = fields.Integer("min_tokens", 0, maxTokens ?? engine.ContextLength) ?? 0,
            IgnoreEndOfSequence = fields.Boolean("ignore_eos") ?? false,
            Stop = Stops(fields, stopName),
            StopTokens = TokenIds(fields, "stop_token_ids", vocabulary) ?? [],
            Sampling = SamplingFields.Read(fields, vocabulary),
            Priority = fields.Integer("priority", int.MinValue, int.MaxValue) ?? 0,
            CacheSalt = fields.Text("cache_salt") ?? "",
        };
    }

    /// <summary>An array of token ids.</summary>
    public static int[]? TokenIds(RequestFields fields, string name, int vocabulary)
    {
        const string Expected = "an array of token ids";
        var ids = fields.Take(name, JsonValueKind.Array, Expected);
        return ids is null ? null : TokenIds(ids.Value, fields.PathOf(name), vocabulary);
    }

    /// <summary>An array of token ids.</summary>
    /// <param name="ids">An array of anything.</param>
    /// <param name="param">Its path.</param>
    /// <param name="vocabulary">The number of token ids there are.</param>
    public static int[] TokenIds(JsonElement ids, string param, int vocabulary) =>
        [.. ids.EnumerateArray().Select((id, index) => (int)JsonNumbers.Integer(id, $"{param}[{index}]", 0, vocabulary - 1))];

    /// <summary>Texts that end the output: one, or an array.</summary>
    public static string[] Stops(RequestFields fields, string name)
    {
        var expected = $"a string, or an array of up to {MostStops} strings";
        switch (fields.Take(name))
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } text:
                return [Stop(text, name)];
            case { ValueKind: JsonValueKind.Array } texts when texts.GetArrayLength() <= MostStops:
                return [.. texts.EnumerateArray().Select((text, index) => Stop(text, $"{name}[{index}]"))];
            case { ValueKind: JsonValueKind.Array } texts:
                throw FieldErrors.TooMany(name, texts.GetArrayLength(), expected);
            case { } value:
                throw FieldErrors.WrongType(name, value.Describe(), expected);
        }
    }

    private static string Stop(JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.String) throw FieldErrors.WrongType(param, value.Describe(), "a string");
        var text = value.GetString()!;
        return text.Length is >= 1 and <= LongestStop
            ? text
            : throw FieldErrors.WrongValue(param, $"a string of {text.Length} characters", $"one of 1 to {LongestStop}");
    }
}

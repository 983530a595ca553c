using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>
/// Reads <see cref="ChatOptions"/> into a request. An option that cannot be honoured is an error that names it.
/// </summary>
internal static class ChatRequestReader
{
    /// <summary>Everything of a request but its prompt.</summary>
    /// <param name="options">The caller's options.</param>
    /// <param name="model">The name of the model that is run.</param>
    /// <returns>The request, and variables for the chat template.</returns>
    /// <exception cref="NotSupportedException">An option is not supported.</exception>
    /// <exception cref="ArgumentException">An option has a wrong value.</exception>
    public static (GenerationRequest Request, JsonObject? TemplateVariables) Read(ChatOptions? options, string model)
    {
        if (options is null) return (new() { PromptTokens = default }, null);
        if (options.ModelId is { } asked && asked != model)
        {
            throw new ArgumentException($"ModelId is '{asked}'; this client runs '{model}' alone");
        }

        RefuseUnsupported(options);
        var more = new AdditionalOptions(options.AdditionalProperties);
        var defaults = SamplingOptions.Default;
        var request = new GenerationRequest
        {
            PromptTokens = default,
            MaxTokens = options.MaxOutputTokens,
            Stop = [.. options.StopSequences ?? []],
            MinTokens = more.Integer("min_tokens") ?? 0,
            IgnoreEndOfSequence = more.Boolean("ignore_eos") ?? false,
            Sampling = new()
            {
                Temperature = options.Temperature ?? defaults.Temperature,
                TopP = options.TopP ?? defaults.TopP,
                TopK = options.TopK ?? defaults.TopK,
                MinP = more.Number("min_p") ?? defaults.MinP,
                TypicalP = more.Number("typical_p") ?? defaults.TypicalP,
                FrequencyPenalty = options.FrequencyPenalty ?? defaults.FrequencyPenalty,
                PresencePenalty = options.PresencePenalty ?? defaults.PresencePenalty,
                RepetitionPenalty = more.Number("repetition_penalty") ?? defaults.RepetitionPenalty,
                LogitBias = more.TokenNumbers("logit_bias"),
                Seed = options.Seed,
            },
        };
        var templateVariables = ReasoningVariables.Add(more.Object("chat_template_kwargs"), options.Reasoning);
        more.RefuseRest();
        return (request, templateVariables);
    }

    private static void RefuseUnsupported(ChatOptions options)
    {
        Refuse(
            options.ResponseFormat is not (null or ChatResponseFormatText or ChatResponseFormatJson),
            $"{nameof(options.ResponseFormat)} other than text and JSON");
        Refuse(
            options.Reasoning is { Output: ReasoningOutput.Summary },
            $"{nameof(options.Reasoning)} with a summary (ask for it in full)");
        Refuse(
            options.ConversationId is not null, $"{nameof(options.ConversationId)} (no conversation is kept; send all messages)");
        Refuse(options.ContinuationToken is not null, nameof(options.ContinuationToken));
        Refuse(options.AllowBackgroundResponses is true, nameof(options.AllowBackgroundResponses));
        Refuse(options.RawRepresentationFactory is not null, nameof(options.RawRepresentationFactory));
    }

    private static void Refuse(bool isSet, string option)
    {
        if (isSet)
        {
            throw new NotSupportedException($"this client does not support {nameof(ChatOptions)}.{option}; leave it unset");
        }
    }
}

using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Ollama;

/// <summary>Reads <c>options</c>, in which Ollama's protocol has everything that says how to generate.</summary>
internal static class OllamaOptions
{
    private const string Name = "options";

    // What is Ollama's where a request does not say.
    private const float Temperature = 0.8f, TopP = 0.9f;
    private const int TopK = 40;

    // How a model is to be loaded, and which of the processors are to be used: decided when the server was started.
    private static readonly string[] OfTheServer =
        ["num_keep", "num_batch", "num_gpu", "main_gpu", "use_mmap", "use_mlock", "num_thread", "numa", "low_vram", "f16_kv",
            "vocab_only"];

    /// <summary>A request that lacks only its prompt.</summary>
    public static GenerationRequest Read(RequestFields fields, HostedModel model)
    {
        var engine = model.Engine;
        var options = new RequestFields(fields.Object(Name, "an object of options") ?? Empty, Name);
        var most = options.Integer("num_predict", -2, int.MaxValue) ?? -1; // -1 and -2: until the context is full
        RequireContext(options, engine);
        RequireAllOfThePast(options);
        foreach (var name in OfTheServer) options.Take(name);
        var request = new GenerationRequest
        {
            PromptTokens = default,
            MaxTokens = most < 0 ? null : Math.Min(most, engine.ContextLength),
            Stop = GenerationFields.Stops(options, "stop"),
            Sampling = new()
            {
                Temperature = options.Number("temperature", 0, 2) ?? Temperature,
                TopK = options.Integer("top_k", 0, int.MaxValue) ?? TopK,
                TopP = options.Number("top_p", 0, 1, isOpen: true) ?? TopP,
                MinP = options.Number("min_p", 0, 1) ?? 0,
                TypicalP = options.Number("typical_p", 0, 1, isOpen: true) ?? 1,
                RepetitionPenalty = options.Number("repeat_penalty", 0.01f, 10) ?? 1,
                FrequencyPenalty = options.Number("frequency_penalty", -2, 2) ?? 0,
                PresencePenalty = options.Number("presence_penalty", -2, 2) ?? 0,
                Seed = options.Integer("seed", long.MinValue, long.MaxValue),
            },
        };
        options.RefuseUnread();
        return request;
    }

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    private static void RequireContext(RequestFields options, InferenceEngine engine)
    {
        if (options.Integer("num_ctx", 1, int.MaxValue) is { } context && context > engine.ContextLength)
        {
            throw FieldErrors.WrongValue(
                options.PathOf("num_ctx"), $"{context}",
                    $"{engine.ContextLength} at most, as the server was started; start it with more");
        }
    }

    // Penalties look at the whole of prompt and output here; 0 turns them off, -1 is the context.
    private static void RequireAllOfThePast(RequestFields options)
    {
        if (options.Integer("repeat_last_n", -1, int.MaxValue) is 0)
        {
            throw FieldErrors.Unsupported(options.PathOf("repeat_last_n"), "set 'repeat_penalty' to 1 to turn it off");
        }
    }
}

using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Health;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Catalog;

/// <summary><c>/props</c>: how a model is set up, in llama.cpp's words. The query may name it: <c>?model=NAME</c>.</summary>
internal sealed class PropertiesEndpoint(ModelCatalog catalog)
{
    public Task GetAsync(HttpContext context)
    {
        var model = catalog.Peek(context);
        return JsonOutput.WriteAsync(context, 200, json => Write(json, model), context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, HostedModel model)
    {
        var tokenizer = model.Engine.Model.Tokenizer;
        json.WriteStartObject();
        json.WriteStartObject("default_generation_settings"u8);
        json.WriteNumber("n_ctx"u8, model.Engine.ContextLength);
        WriteParameters(json, SamplingOptions.Default);
        json.WriteEndObject();
        json.WriteString("model_alias"u8, model.Name);
        json.WriteString("model_ftype"u8, model.Description.Type);
        json.WriteString("chat_template"u8, model.TemplateSource ?? "");
        json.WriteString("bos_token"u8, tokenizer is null ? "" : model.TextOf(tokenizer.BosId));
        json.WriteString("eos_token"u8, tokenizer is null ? "" : model.TextOf(tokenizer.EosId));
        json.WriteStartObject("modalities"u8);
        json.WriteBoolean("vision"u8, false);
        json.WriteBoolean("audio"u8, false);
        json.WriteEndObject();
        json.WriteString("build_info"u8, $"ashlar {VersionEndpoint.Version}");
        json.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter json, SamplingOptions sampling)
    {
        json.WriteStartObject("params"u8);
        json.WriteNumber("n_predict"u8, -1);
        json.WriteNumber("temperature"u8, sampling.Temperature);
        json.WriteNumber("top_k"u8, sampling.TopK);
        json.WriteNumber("top_p"u8, sampling.TopP);
        json.WriteNumber("min_p"u8, sampling.MinP);
        json.WriteNumber("typ_p"u8, sampling.TypicalP);
        json.WriteNumber("repeat_penalty"u8, sampling.RepetitionPenalty);
        json.WriteNumber("frequency_penalty"u8, sampling.FrequencyPenalty);
        json.WriteNumber("presence_penalty"u8, sampling.PresencePenalty);
        json.WriteEndObject();
    }
}

using System.Text;
using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Chat;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Tokens;

/// <summary>
/// <c>/tokenize</c>, <c>/detokenize</c> and <c>/apply-template</c>, as vLLM has them, whose text is called <c>prompt</c>, and as
/// llama.cpp has, whose is <c>content</c>.
/// </summary>
internal sealed class TokenizeEndpoints(ModelCatalog catalog, PromptRenderer prompts)
{
    /// <summary>The tokens of a text or of a conversation.</summary>
    public async Task TokenizeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        if (fields.Text("content") is { } content)
        {
            var addSpecial = fields.Boolean("add_special") ?? false;
            var parseSpecial = fields.Boolean("parse_special") ?? true;
            var withPieces = fields.Boolean("with_pieces") ?? false;
            fields.RefuseUnread();
            var ids = model.Tokenizer.Encode(content, addSpecial, parseSpecial);
            await JsonOutput.WriteObjectAsync(context, json => WritePieces(json, ids, withPieces ? model.Tokenizer : null))
                .ConfigureAwait(false);
            return;
        }

        var withStrings = fields.Boolean("return_token_strs") ?? false;
        var tokens = Encode(fields, model);
        fields.RefuseUnread();
        await JsonOutput.WriteObjectAsync(context, json => Write(json, tokens, model, withStrings)).ConfigureAwait(false);
    }

    /// <summary>The text of tokens.</summary>
    public async Task DetokenizeAsync(HttpContext context)
    {
        const string Expected = "an array of token ids";
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        var ids = GenerationFields.TokenIds(fields, "tokens", model.Engine.Model.Configuration.VocabularySize)
            ?? throw FieldErrors.Missing("tokens", Expected);
        fields.RefuseUnread();
        var text = model.Tokenizer.Decode(ids);
        await JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("prompt"u8, text);
            json.WriteString("content"u8, text);
        }).ConfigureAwait(false);
    }

    /// <summary>The prompt that a conversation becomes.</summary>
    public async Task ApplyTemplateAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var model = await catalog.ChooseAsync(context, fields).ConfigureAwait(false);
        var conversation = ConversationFields.Read(fields, model);
        fields.RefuseUnread();
        var prompt = prompts.Render(model, conversation);
        await JsonOutput.WriteObjectAsync(context, json => json.WriteString("prompt"u8, prompt)).ConfigureAwait(false);
    }

    private int[] Encode(RequestFields fields, HostedModel model)
    {
        if (fields.Text("prompt") is { } prompt)
        {
            return model.Tokenizer.Encode(prompt, fields.Boolean("add_special_tokens") ?? true, parseSpecial: true);
        }

        if (fields.Take("messages") is null) throw FieldErrors.Missing("prompt",
            "a string, or leave it to 'messages' or 'content'");
        return prompts.Encode(model, ConversationFields.Read(fields, model), fields.Boolean("add_special_tokens") ?? false);
    }

    private static void Write(Utf8JsonWriter json, int[] tokens, HostedModel model, bool withStrings)
    {
        json.WriteNumber("count"u8, tokens.Length);
        json.WriteNumber("max_model_len"u8, model.Engine.ContextLength);
        json.WriteStartArray("tokens"u8);
        foreach (var token in tokens) json.WriteNumberValue(token);
        json.WriteEndArray();
        if (!withStrings)
        {
            json.WriteNull("token_strs"u8);
            return;
        }

        json.WriteStartArray("token_strs"u8);
        foreach (var token in tokens) json.WriteStringValue(Encoding.UTF8.GetString(model.Tokenizer.TokenBytes(token)));
        json.WriteEndArray();
    }

    // A piece that is no whole character is told by its bytes.
    private static void WritePieces(Utf8JsonWriter json, int[] tokens, Tokenizer? tokenizer)
    {
        json.WriteStartArray("tokens"u8);
        foreach (var token in tokens)
        {
            if (tokenizer is null)
            {
                json.WriteNumberValue(token);
                continue;
            }

            var bytes = tokenizer.TokenBytes(token);
            json.WriteStartObject();
            json.WriteNumber("id"u8, token);
            if (System.Text.Unicode.Utf8.IsValid(bytes))
            {
                json.WriteString("piece"u8, bytes);
            }
            else
            {
                json.WriteStartArray("piece"u8);
                foreach (var unit in bytes) json.WriteNumberValue(unit);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

using System.Globalization;
using Ashlar.Engine.Cache;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.KvCache;

/// <summary>
/// What routers and other engines ask: <c>/kv/events</c>, what happened to the blocks of keys and values since some number;
/// <c>/kv/blocks/NAME</c>, a block itself.
/// </summary>
internal sealed class KvEndpoints(ModelCatalog catalog)
{
    private const int MostEvents = 10_000;

    /// <summary><c>?model=NAME&amp;from=N&amp;limit=N</c>; from 0, and 1000 events, unless it says otherwise.</summary>
    public Task GetEventsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var model = catalog.Peek(context);
        var from = Number(query, "from", 0, long.MaxValue);
        var limit = (int)Number(query, "limit", 1000, MostEvents);
        IReadOnlyList<KvEvent> events;
        bool isComplete;
        try
        {
            events = model.Engine.ReadKvEvents(from, limit, out isComplete);
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(new(
                404, ApiError.InvalidRequest, "kv_events_off", "this server keeps no events; start it with --kv-events N"));
        }

        return JsonOutput.WriteObjectAsync(context, json =>
        {
            json.WriteString("model"u8, model.Name);
            json.WriteBoolean("complete"u8, isComplete);
            json.WriteNumber("next"u8, events.Count > 0 ? events[^1].Sequence + 1 : from);
            json.WriteStartArray("events"u8);
            foreach (var happened in events) Write(json, happened);
            json.WriteEndArray();
        });
    }

    /// <summary>A block's file, from whichever model has it: names tell models apart.</summary>
    public async Task GetBlockAsync(HttpContext context, string name)
    {
        foreach (var slot in catalog.Slots)
        {
            using var lease = catalog.Pool.TryAcquire(slot);
            if (lease is null || await lease.Model.Engine.ReadBlockAsync(name).ConfigureAwait(false) is not { } file) continue;
            await JsonOutput.WriteAsync(context, 200, "application/octet-stream", file, context.RequestAborted)
                .ConfigureAwait(false);
            return;
        }

        throw new ApiException(new(404, ApiError.InvalidRequest, "kv_block_not_found", $"there is no block '{name}' here"));
    }

    private static long Number(IQueryCollection query, string field, long otherwise, long most)
    {
        var text = query[field].ToString();
        if (text.Length == 0) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new ApiException(ApiError.Field(
                field, "invalid_value", $"'{field}' is '{text}'; it must be a whole number from 0 to {most}"));
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, KvEvent happened)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, happened.Sequence);
        json.WriteString("type"u8, happened.Kind switch
        {
            KvEventKind.Stored => "stored"u8,
            KvEventKind.Removed => "removed"u8,
            _ => "cleared"u8,
        });
        if (happened.Block is { } block) json.WriteString("block"u8, block);
        if (happened.Parent is { } parent) json.WriteString("parent"u8, parent);
        if (happened.Tokens is { } tokens)
        {
            json.WriteStartArray("tokens"u8);
            foreach (var token in tokens) json.WriteNumberValue(token);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

namespace Ashlar.Engine.Dialects;

/// <summary>What the formats read calls with: where the text comes from, where events go, which tools there are.</summary>
/// <remarks>
/// Reading methods return false where the text is no call: then nothing has begun, and all since <see cref="TextFeed.Mark"/> is
/// to become content. A call that went astray after it began is ended as incomplete, and counts as read; what follows is
/// content.
/// </remarks>
internal sealed class CallReader(TextFeed feed, EventSink sink, IReadOnlyList<ChatTool> tools)
{
    /// <summary>Longest names and headers of calls, in characters.</summary>
    public const int LongestName = 256;

    public TextFeed Feed => feed;

    public EventSink Sink => sink;

    /// <summary>The tool of that name, if it was declared.</summary>
    public ChatTool? Find(string name) => tools.FirstOrDefault(tool => tool.Name == name);

    /// <summary>Whether a text can be the name of a tool.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '{' or '}' or '"');

    /// <summary>Begins a call whose arguments come next as JSON, and reads these.</summary>
    public async ValueTask<bool> ReadNamedAsync(string name, string? id = null)
    {
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        if (await feed.PeekAsync().ConfigureAwait(false) is not ('{' or '"')) return false;
        feed.Unmark();
        sink.BeginCall(name, id);
        var isComplete = await ReadArgumentsToAsync(new(sink.Arguments)).ConfigureAwait(false);
        sink.EndCall(isComplete);
        return true;
    }

    /// <summary>Reads calls as JSON: one object, or an array of them.</summary>
    /// <param name="onlyDeclared">
    /// Whether objects that do not name a declared tool are no calls: for formats that mark calls by nothing else.
    /// </param>
    public async ValueTask<bool> ReadJsonAsync(bool onlyDeclared)
    {
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        if (!await feed.TryTakeAsync('[').ConfigureAwait(false)) return await ReadObjectAsync(onlyDeclared).ConfigureAwait(false);
        while (true)
        {
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (!await ReadObjectAsync(onlyDeclared).ConfigureAwait(false)) return false;
            feed.Mark();
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await feed.TryTakeAsync(']').ConfigureAwait(false)) return true;
            if (!await feed.TryTakeAsync(',').ConfigureAwait(false)) return await feed.PeekAsync().ConfigureAwait(false) < 0;
        }
    }

    /// <summary>Reads one call as a JSON object with members for name and arguments, in any order.</summary>
    public async ValueTask<bool> ReadObjectAsync(bool onlyDeclared)
    {
        var calls = sink.Calls;
        var call = new JsonCall();
        if (await ReadMembersAsync(call, onlyDeclared).ConfigureAwait(false) && call.Name is { } name
            && (!onlyDeclared || Find(name) is not null))
        {
            if (sink.Calls == calls) Say(name, call.EarlyArguments ?? "{}");
            else sink.EndCall(call.IsComplete);
            return true;
        }

        if (sink.Calls == calls) return false;
        sink.EndCall(call.IsComplete);
        return true;
    }

    private sealed class JsonCall
    {
        public string? Name { get; set; }

        /// <summary>Arguments that came before the name.</summary>
        public string? EarlyArguments { get; set; }

        public bool IsComplete { get; set; }
    }

    private void Say(string name, string arguments)
    {
        feed.Unmark();
        sink.BeginCall(name);
        sink.Arguments(arguments);
        sink.EndCall(isComplete: true);
    }

    private async ValueTask<bool> ReadMembersAsync(JsonCall call, bool onlyDeclared)
    {
        if (!await feed.TryTakeAsync('{').ConfigureAwait(false)) return false;
        for (var isFirst = true; ; isFirst = false)
        {
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await feed.TryTakeAsync('}').ConfigureAwait(false)) return true;
            if (!isFirst && !await feed.TryTakeAsync(',').ConfigureAwait(false)) return false;
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await feed.TakeStringAsync(LongestName).ConfigureAwait(false) is not { } key) return false;
            if (!await feed.TryTakeBehindSpaceAsync(":").ConfigureAwait(false)) return false;
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (!await ReadMemberAsync(key, call, onlyDeclared).ConfigureAwait(false)) return false;
        }
    }

    private async ValueTask<bool> ReadMemberAsync(string key, JsonCall call, bool onlyDeclared)
    {
        var begins = await feed.PeekAsync().ConfigureAwait(false);
        switch (key)
        {
            case "name" or "tool_name" or "function" when begins == '"' && call.Name is null:
                if (await feed.TakeStringAsync(LongestName).ConfigureAwait(false) is not { } name || !IsName(name)) return false;
                call.Name = name;
                return !onlyDeclared || Find(name) is not null;
            case "function" or "tool_call" when begins == '{' && call.Name is null:
                return await ReadMembersAsync(call, onlyDeclared).ConfigureAwait(false);
            case "arguments" or "parameters" when !call.IsComplete:
                return await ReadArgumentsAsync(call).ConfigureAwait(false);
            default:
                return (!onlyDeclared || key is "type" or "id") && await feed.SkipValueAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> ReadArgumentsAsync(JsonCall call)
    {
        if (call.Name is { } name)
        {
            if (await feed.PeekAsync().ConfigureAwait(false) is not ('{' or '"' or 'n')) return false;
            feed.Unmark();
            sink.BeginCall(name);
            return call.IsComplete = await ReadArgumentsToAsync(new(sink.Arguments)).ConfigureAwait(false);
        }

        var early = new System.Text.StringBuilder();
        call.IsComplete = await ReadArgumentsToAsync(new(text => early.Append(text))).ConfigureAwait(false);
        call.EarlyArguments = early.ToString();
        return call.IsComplete;
    }

    /// <summary>Reads arguments: an object, a string that holds one, or nothing at all, written as null or "".</summary>
    private async ValueTask<bool> ReadArgumentsToAsync(ArgumentsWriter arguments)
    {
        switch (await feed.PeekAsync().ConfigureAwait(false))
        {
            case '{':
                return await ReadObjectAsync(arguments).ConfigureAwait(false);
            case '"':
                feed.Skip(1);
                return await ReadStringAsync(arguments).ConfigureAwait(false);
            default:
                if (!await feed.TryTakeAsync("null").ConfigureAwait(false)) return false;
                arguments.Take("{}");
                return true;
        }
    }

    private async ValueTask<bool> ReadObjectAsync(ArgumentsWriter arguments)
    {
        while (!arguments.IsWhole)
        {
            if (await feed.PeekAsync().ConfigureAwait(false) < 0) return false;
            var offered = feed.Ahead.Length;
            var taken = arguments.Take(feed.Ahead);
            feed.Skip(taken);
            if (taken < offered && !arguments.IsWhole) return false;
        }

        return true;
    }

    private async ValueTask<bool> ReadStringAsync(ArgumentsWriter arguments)
    {
        while (true)
        {
            var next = await feed.TakeStringCharacterAsync().ConfigureAwait(false);
            if (next == JsonReading.EndOfString)
            {
                if (!arguments.HasBegun) arguments.Take("{}");
                return arguments.IsWhole;
            }

            // Behind the object only white space may come.
            if (next < 0 || (arguments.Take([(char)next]) == 0 && !char.IsWhiteSpace((char)next))) return false;
        }
    }
}

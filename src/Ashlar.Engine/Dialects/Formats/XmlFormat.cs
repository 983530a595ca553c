using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>Calls as tags, one for each argument: Qwen3-Coder, GLM, MiniMax.</summary>
internal sealed class XmlFormat : CallFormat
{
    private XmlFormat(params string[] markers) => Markers = markers;

    /// <summary><c>&lt;tool_call&gt;&lt;function=NAME&gt;&lt;parameter=KEY&gt;VALUE&lt;/parameter&gt;...</c></summary>
    public static XmlFormat Qwen { get; } = new("<tool_call>", "<function=")
    {
        Open = "<tool_call>",
        CallOpen = "<function=",
        NameEnd = ">",
        KeyOpen = "<parameter=",
        KeyEnd = ">",
        ValueEnd = "</parameter>",
        CallEnd = "</function>",
        Close = "</tool_call>",
        HasLines = true,
    };

    /// <summary>
    /// <c>&lt;tool_call&gt;NAME&lt;arg_key&gt;KEY&lt;/arg_key&gt;&lt;arg_value&gt;VALUE&lt;/arg_value&gt;...</c>
    /// </summary>
    public static XmlFormat Glm { get; } = new("<tool_call>")
    {
        Open = "<tool_call>",
        CallOpen = "",
        NameEnd = "",
        KeyOpen = "<arg_key>",
        KeyEnd = "</arg_key>",
        ValueOpen = "<arg_value>",
        ValueEnd = "</arg_value>",
        CallEnd = "",
        Close = "</tool_call>",
    };

    /// <summary>
    /// <c>&lt;minimax:tool_call&gt;&lt;invoke name="NAME"&gt;&lt;parameter name="KEY"&gt;VALUE&lt;/parameter&gt;...</c>
    /// </summary>
    public static XmlFormat MiniMax { get; } = new("<minimax:tool_call>")
    {
        Open = "<minimax:tool_call>",
        CallOpen = "<invoke name=\"",
        NameEnd = "\">",
        KeyOpen = "<parameter name=\"",
        KeyEnd = "\">",
        ValueEnd = "</parameter>",
        CallEnd = "</invoke>",
        Close = "</minimax:tool_call>",
        HasSeveralCalls = true,
    };

    public required string Open { get; init; }

    public required string CallOpen { get; init; }

    /// <summary>What ends the name; empty where white space or the next tag does.</summary>
    public required string NameEnd { get; init; }

    public required string KeyOpen { get; init; }

    public required string KeyEnd { get; init; }

    /// <summary>What goes before a value, behind the key's end.</summary>
    public string ValueOpen { get; init; } = "";

    public required string ValueEnd { get; init; }

    /// <summary>What ends a call; empty where <see cref="Close"/> does.</summary>
    public required string CallEnd { get; init; }

    public required string Close { get; init; }

    /// <summary>Whether values stand on lines of their own.</summary>
    public bool HasLines { get; init; }

    /// <summary>Whether there may be several calls between <see cref="Open"/> and <see cref="Close"/>.</summary>
    public bool HasSeveralCalls { get; init; }

    public override IReadOnlyList<string> Markers { get; }

    public override IReadOnlyList<string> Texts =>
        [.. new[] { Open, CallOpen, KeyOpen, KeyEnd, ValueOpen, ValueEnd, CallEnd, Close }.Where(text => text.Length > 1)];

    public override CallLayout Layout =>
        HasSeveralCalls ? new(Open + "\n", "\n", "\n" + Close, Open) : new("", "\n", "", Open);

    public override string CallRule(ChatTool tool)
    {
        var open = HasSeveralCalls ? "" : CallEnd.Length > 0 ? Open + "\n" : Open;
        var close = HasSeveralCalls ? "" : CallEnd.Length > 0 ? "\n" + Close : Close;
        return $"{GbnfText.Literal($"{open}{CallOpen}{tool.Name}{NameEnd}\n")} {XmlGrammar.Arguments(this, tool)} "
            + GbnfText.Literal(CallEnd + close);
    }

    public override string Spell(IReadOnlyList<SpelledCall> calls)
    {
        var texts = calls.Select(call => $"{CallOpen}{call.Name}{NameEnd}\n{SpellArguments(call)}{CallEnd}");
        return HasSeveralCalls
            ? $"{Open}\n{string.Join('\n', texts)}\n{Close}"
            : string.Join('\n', texts.Select(text => CallEnd.Length > 0 ? $"{Open}\n{text}\n{Close}" : Open + text + Close));
    }

    private string SpellArguments(SpelledCall call)
    {
        var line = HasLines ? "\n" : "";
        var open = ValueOpen.Length > 0 ? "\n" + ValueOpen : "";
        return string.Concat(call.Arguments.Select(argument =>
            $"{KeyOpen}{argument.Key}{KeyEnd}{open}{line}{TextOf(argument.Value)}{line}{ValueEnd}\n"));
    }

    private static string TextOf(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : SpelledCall.TextOf(value);

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        var feed = reader.Feed;
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        if (await feed.PeekAsync().ConfigureAwait(false) == '{')
        {
            // Models fall back to what most others write.
            if (!await reader.ReadJsonAsync(onlyDeclared: false).ConfigureAwait(false)) return false;
            feed.Mark();
            return await feed.TryTakeBehindSpaceAsync(Close).ConfigureAwait(false);
        }

        if (marker == Open && !await feed.TryTakeBehindSpaceAsync(CallOpen).ConfigureAwait(false)) return false;
        while (true)
        {
            if (!await ReadCallAsync(reader).ConfigureAwait(false)) return false;
            feed.Mark();
            if (!HasSeveralCalls || !await feed.TryTakeBehindSpaceAsync(CallOpen).ConfigureAwait(false)) break;
        }

        // Where the call went astray, what it held is content, and so is its end.
        return CallEnd.Length == 0 || await feed.TryTakeBehindSpaceAsync(Close).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReadCallAsync(CallReader reader)
    {
        var feed = reader.Feed;
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        var ends = NameEnd.Length > 0 ? NameEnd[..1] + "\n" : "<\n";
        var name = await feed.TakeWordAsync(ends, CallReader.LongestName).ConfigureAwait(false);
        if (name is null || !CallReader.IsName(name = name.Trim()) || !await feed.TryTakeAsync(NameEnd).ConfigureAwait(false))
        {
            return false;
        }

        // A name alone may be anything; a tag must come behind it.
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        if (await feed.PeekAsync().ConfigureAwait(false) != '<') return false;
        feed.Unmark();
        reader.Sink.BeginCall(name);
        reader.Sink.Arguments("{");
        var values = new XmlValue(feed, reader.Sink, ValueEnd, HasLines, ParameterTypes.Of(reader.Find(name)));
        reader.Sink.EndCall(await ReadArgumentsAsync(reader, values).ConfigureAwait(false));
        return true;
    }

    private async ValueTask<bool> ReadArgumentsAsync(CallReader reader, XmlValue value)
    {
        var feed = reader.Feed;
        for (var isFirst = true; ; isFirst = false)
        {
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await feed.TryTakeAsync(CallEnd.Length > 0 ? CallEnd : Close).ConfigureAwait(false))
            {
                reader.Sink.Arguments("}");
                return true;
            }

            if (!await feed.TryTakeAsync(KeyOpen).ConfigureAwait(false)) return false;
            var key = await feed.TakeWordAsync(KeyEnd[..1], CallReader.LongestName).ConfigureAwait(false);
            if (key is null || !await feed.TryTakeAsync(KeyEnd).ConfigureAwait(false)) return false;
            if (ValueOpen.Length > 0 && !await feed.TryTakeBehindSpaceAsync(ValueOpen).ConfigureAwait(false)) return false;
            if (!isFirst) reader.Sink.Arguments(", ");
            reader.Sink.Arguments(JsonSerializer.Serialize(key));
            reader.Sink.Arguments(": ");
            if (!await value.ReadAsync(key).ConfigureAwait(false)) return false;
        }
    }
}

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Calls as JSON between marks: Hermes, Qwen, Granite 4 <c>&lt;tool_call&gt;{...}&lt;/tool_call&gt;</c>, an array of them in
/// Granite 3, Phi 4, FireFunction, Command.
/// </summary>
/// <param name="begin">What goes before.</param>
/// <param name="end">What goes behind; null for nothing.</param>
/// <param name="isArray">Whether the model writes an array, be it of one call.</param>
internal sealed class JsonFormat(string begin, string? end, bool isArray) : CallFormat
{
    public override IReadOnlyList<string> Markers { get; } = [begin];

    public override IReadOnlyList<string> Texts { get; } = end is null ? [begin] : [begin, end];

    /// <summary>The members of a call that hold its name and its arguments.</summary>
    public (string Name, string Arguments) Members { get; init; } = ("name", "arguments");

    public override CallLayout Layout { get; } =
        isArray ? new($"{begin}[", ", ", "]" + end, begin) : new("", "\n", "", begin);

    public override string CallRule(ChatTool tool)
    {
        var call = JsonRule(tool, Members.Name, Members.Arguments);
        return isArray ? call : $"{GbnfText.Literal(begin + "\n")} {call} {GbnfText.Literal("\n" + end)}";
    }

    public override string Spell(IReadOnlyList<SpelledCall> calls)
    {
        var texts = calls.Select(call => call.ToJson(Members.Name, Members.Arguments));
        return isArray
            ? $"{begin}[{string.Join(", ", texts)}]{end}"
            : string.Join('\n', texts.Select(text => $"{begin}\n{text}\n{end}"));
    }

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        if (!await reader.ReadJsonAsync(onlyDeclared: false).ConfigureAwait(false)) return false;
        if (end is null) return true;
        var feed = reader.Feed;
        feed.Mark();
        do
        {
            if (await feed.TryTakeBehindSpaceAsync(end).ConfigureAwait(false)) return true;
        }
        while (await feed.TryTakeAsync('}').ConfigureAwait(false)); // some models close one more than they opened
        return false;
    }
}

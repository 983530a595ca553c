namespace Ashlar.Engine.Dialects;

/// <summary>
/// Calls as JSON between marks: Hermes, Qwen, Granite 4 <c>&lt;tool_call&gt;{...}&lt;/tool_call&gt;</c>, an array of them in
/// Granite 3, Phi 4, FireFunction, Command.
/// </summary>
/// <param name="begin">What goes before.</param>
/// <param name="end">What goes behind; null for nothing.</param>
internal sealed class JsonFormat(string begin, string? end) : CallFormat
{
    public override IReadOnlyList<string> Markers { get; } = [begin];

    public override IReadOnlyList<string> Texts { get; } = end is null ? [begin] : [begin, end];

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        if (!await reader.ReadJsonAsync(onlyDeclared: false).ConfigureAwait(false)) return false;
        if (end is null) return true;
        reader.Feed.Mark();
        return await reader.Feed.TryTakeBehindSpaceAsync(end).ConfigureAwait(false);
    }
}

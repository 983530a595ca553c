using System.Text.Json;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Calls as JSON that nothing marks, <c>{"name": ..., "parameters": ...}</c>: Llama 3, and models that know no format of their
/// own. Only an object at the start that names a declared tool is a call. Llama's <c>&lt;|python_tag|&gt;</c> may go before it,
/// or before <c>tool.call(argument="text")</c>, or before code.
/// </summary>
/// <param name="hasPythonTag">Whether the format is Llama's.</param>
internal sealed class BareJsonFormat(bool hasPythonTag) : CallFormat
{
    private const string PythonTag = "<|python_tag|>";
    private const string Fence = "```";
    private const string FenceOfJson = "```json";

    private static readonly string[] Interpreters = ["code_interpreter", "python", "ipython"];

    public override IReadOnlyList<string> Markers { get; } = hasPythonTag ? [PythonTag] : [];

    public override IReadOnlyList<string> StartMarkers { get; } = hasPythonTag ? ["{"] : ["{", "[", FenceOfJson];

    public override IReadOnlyList<string> Texts => Markers;

    public override bool HasOneCallAMessage => hasPythonTag;

    public override CallLayout Layout { get; } = new("", hasPythonTag ? "; " : "\n", "", null);

    public override string CallRule(ChatTool tool) => JsonRule(tool, arguments: "parameters");

    public override string Spell(IReadOnlyList<SpelledCall> calls) =>
        string.Join(hasPythonTag ? "; " : "\n", calls.Select(call => call.ToJson(arguments: "parameters")));

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        var feed = reader.Feed;
        switch (marker)
        {
            case PythonTag:
                await feed.SkipSpaceAsync().ConfigureAwait(false);
                return await feed.PeekAsync().ConfigureAwait(false) == '{'
                    ? await ReadSeriesAsync(reader, '{').ConfigureAwait(false)
                    : await ReadCodeAsync(reader).ConfigureAwait(false);
            case FenceOfJson:
                await feed.SkipSpaceAsync().ConfigureAwait(false);
                if (!await reader.ReadJsonAsync(onlyDeclared: true).ConfigureAwait(false)) return false;
                feed.Mark();
                return await feed.TryTakeBehindSpaceAsync(Fence).ConfigureAwait(false);
            default:
                feed.Rewind();
                return await ReadSeriesAsync(reader, marker[0]).ConfigureAwait(false);
        }
    }

    /// <summary>Reads calls with semicolons between.</summary>
    private static async ValueTask<bool> ReadSeriesAsync(CallReader reader, char begin)
    {
        var feed = reader.Feed;
        do
        {
            if (!await reader.ReadJsonAsync(onlyDeclared: true).ConfigureAwait(false)) return false;
            feed.Mark();
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (!await feed.TryTakeAsync(';').ConfigureAwait(false)) break;
            await feed.SkipSpaceAsync().ConfigureAwait(false);
        }
        while (await feed.PeekAsync().ConfigureAwait(false) == begin);
        return feed.SinceMark.IsWhiteSpace();
    }

    /// <summary>Reads everything to the end: a call in Python's words, or code for an interpreter that was declared.</summary>
    private static async ValueTask<bool> ReadCodeAsync(CallReader reader)
    {
        var feed = reader.Feed;
        while (await feed.MoreAsync().ConfigureAwait(false))
        {
        }

        var code = feed.Ahead.ToString();
        feed.Skip(code.Length);
        var call = PythonCall.TryParse(code.Trim());
        var name = call?.Name ?? Interpreters.FirstOrDefault(interpreter => reader.Find(interpreter) is not null);
        if (name is null || code.Length == 0) return false;
        reader.Sink.BeginCall(name);
        reader.Sink.Arguments(call?.Arguments ?? "{\"code\": " + JsonSerializer.Serialize(code) + "}");
        reader.Sink.EndCall(isComplete: true);
        return true;
    }
}

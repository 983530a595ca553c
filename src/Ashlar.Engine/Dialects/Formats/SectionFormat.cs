namespace Ashlar.Engine.Dialects;

/// <summary>
/// Calls as a section of marked parts: Kimi K2 <c>name:index</c>, DeepSeek V3.1 <c>name</c>, DeepSeek V3 and R1
/// <c>type</c>, <c>name</c> and fenced JSON; see <see cref="Kimi"/> and <see cref="DeepSeek"/>.
/// </summary>
internal abstract class SectionFormat(string open, string begin, string separator, string end, string close) : CallFormat
{
    public static CallFormat Kimi => new KimiFormat();

    /// <param name="isFenced">Whether the model writes the older form.</param>
    public static CallFormat DeepSeek(bool isFenced) => new DeepSeekFormat(isFenced);

    public override IReadOnlyList<string> Markers { get; } = [open, begin];

    public override IReadOnlyList<string> Texts { get; } = [open, begin, separator, end, close];

    public override CallLayout Layout { get; } = new(open, "", close, open);

    public override string CallRule(ChatTool tool)
    {
        var (before, behind) = RoundArguments(tool);
        return $"{GbnfText.Literal(begin)} {before} {GbnfText.Json(ToolGrammar.SchemaOf(tool))} {GbnfText.Literal(behind + end)}";
    }

    public override string Spell(IReadOnlyList<SpelledCall> calls) =>
        open + string.Concat(calls.Select(call => begin + SpellCall(call, separator) + end)) + close;

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        var feed = reader.Feed;
        if (marker == open && !await feed.TryTakeBehindSpaceAsync(begin).ConfigureAwait(false)) return false;
        while (true)
        {
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            var header = await feed.TakeWordAsync(separator[..1], CallReader.LongestName).ConfigureAwait(false);
            if (header is null || !await feed.TryTakeAsync(separator).ConfigureAwait(false)) return false;
            if (!await ReadCallAsync(header.Trim(), reader).ConfigureAwait(false)) return false;
            feed.Mark();
            if (!await feed.TryTakeBehindSpaceAsync(end).ConfigureAwait(false)) break;
            feed.Mark();
            if (!await feed.TryTakeBehindSpaceAsync(begin).ConfigureAwait(false)) break;
        }

        await feed.TryTakeAsync(close).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads a call whose header and separator were taken.</summary>
    protected abstract ValueTask<bool> ReadCallAsync(string header, CallReader reader);

    /// <summary>What stands before a tool's arguments, as grammar, and behind them, as text.</summary>
    protected abstract (string Before, string Behind) RoundArguments(ChatTool tool);

    /// <summary>Writes a call with its header.</summary>
    protected abstract string SpellCall(SpelledCall call, string separator);

    private sealed class KimiFormat() : SectionFormat(
        "<|tool_calls_section_begin|>", "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>",
        "<|tool_calls_section_end|>")
    {
        private const string Prefix = "functions.";

        public override string NewId(string name, int index, Random random) => $"{Prefix}{name}:{index}";

        protected override (string, string) RoundArguments(ChatTool tool) =>
            ($"{GbnfText.Literal(Prefix + tool.Name + ":")} [0-9]{{1,3}} \"<|tool_call_argument_begin|>\"", "");

        protected override string SpellCall(SpelledCall call, string separator) => call.Id + separator + call.ArgumentsText;

        protected override ValueTask<bool> ReadCallAsync(string header, CallReader reader)
        {
            var colon = header.LastIndexOf(':');
            var hasIndex = colon > 0 && colon < header.Length - 1 && header.Skip(colon + 1).All(char.IsAsciiDigit);
            var name = hasIndex ? header[..colon] : header;
            if (name.StartsWith(Prefix, StringComparison.Ordinal)) name = name[Prefix.Length..];
            return CallReader.IsName(name) ? reader.ReadNamedAsync(name, hasIndex ? header : null) : new(false);
        }
    }

    private sealed class DeepSeekFormat(bool isFenced) : SectionFormat(
        "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>")
    {
        private const string Fence = "```";

        protected override (string, string) RoundArguments(ChatTool tool) => isFenced
            ? (GbnfText.Literal($"function<｜tool▁sep｜>{tool.Name}\n{Fence}json\n"), "\n" + Fence)
            : (GbnfText.Literal(tool.Name + "<｜tool▁sep｜>"), "");

        protected override string SpellCall(SpelledCall call, string separator) => isFenced
            ? $"function{separator}{call.Name}\n{Fence}json\n{call.ArgumentsText}\n{Fence}"
            : call.Name + separator + call.ArgumentsText;

        protected override async ValueTask<bool> ReadCallAsync(string header, CallReader reader)
        {
            var feed = reader.Feed;
            await feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await feed.PeekAsync().ConfigureAwait(false) == '{')
            {
                return CallReader.IsName(header) && await reader.ReadNamedAsync(header).ConfigureAwait(false);
            }

            // The older form: the header was the type, "function"; the name has a line, and the arguments a fence.
            var name = await feed.TakeWordAsync("\n`{<", CallReader.LongestName).ConfigureAwait(false);
            if (name is null || !CallReader.IsName(name = name.Trim())) return false;
            if (await feed.TryTakeBehindSpaceAsync(Fence).ConfigureAwait(false))
            {
                await feed.TryTakeAsync("json").ConfigureAwait(false);
            }

            if (!await reader.ReadNamedAsync(name).ConfigureAwait(false)) return false;
            await feed.TryTakeBehindSpaceAsync(Fence).ConfigureAwait(false);
            return true;
        }
    }
}

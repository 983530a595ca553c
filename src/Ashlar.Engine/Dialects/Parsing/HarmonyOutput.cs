using System.Text.RegularExpressions;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Reads an output in gpt-oss's harmony format: messages, each with a header that names its channel (analysis, commentary,
/// final) and perhaps a recipient. What is addressed to a function is a call, on whichever channel models happen to put it.
/// </summary>
internal sealed partial class HarmonyOutput(CallReader calls, bool mayCall) : OutputReader
{
    private const string Start = "<|start|>";
    private const string Channel = "<|channel|>";
    private const string Message = "<|message|>";
    private const string Functions = "functions.";
    private const int LongestHeader = 1024;

    private static readonly string[] Ends = ["<|end|>", "<|call|>", "<|return|>"];
    private static readonly MarkerSet BodyEnds = new([.. Ends, Start, Channel]);
    private static readonly MarkerSet HeaderEnds = new([Message]);

    private readonly TextFeed _feed = calls.Feed;
    private readonly EventSink _sink = calls.Sink;

    /// <summary>All texts that the format is known by.</summary>
    public static IReadOnlyList<string> Texts { get; } = [Start, Channel, "<|constrain|>", Message, .. Ends];

    /// <summary>The beginning of the header that a prompt ends with, which the output goes on with.</summary>
    public static string HeaderBegunIn(string prompt)
    {
        const string Assistant = Start + "assistant";
        var start = prompt.LastIndexOf(Assistant, StringComparison.Ordinal);
        if (start < 0) return "";
        var header = prompt[(start + Assistant.Length)..];
        var end = header.IndexOf(Message, StringComparison.Ordinal);
        return end < 0 ? header : header[..(end + Message.Length)];
    }

    public override async ValueTask ReadAsync()
    {
        while (true)
        {
            await _feed.SkipSpaceAsync().ConfigureAwait(false);
            if (await _feed.PeekAsync().ConfigureAwait(false) < 0) return;
            _sink.Break();
            _feed.Mark();
            if (await TakeHeaderAsync().ConfigureAwait(false) is not { } header)
            {
                _sink.Content(_feed.SinceMark);
                _feed.Unmark();
                await PassBodyAsync(isReasoning: false).ConfigureAwait(false);
                continue;
            }

            var recipient = Recipient().Match(header).Groups["name"].Value;
            var isReasoning = ChannelName().Match(header).Groups["name"].Value == "analysis";
            if (mayCall && FunctionOf(recipient) is { } name
                && !await calls.ReadNamedAsync(name).ConfigureAwait(false))
            {
                _sink.Content(_feed.SinceMark);
                isReasoning = false;
            }

            _feed.Unmark();
            await PassBodyAsync(isReasoning).ConfigureAwait(false);
        }
    }

    private string? FunctionOf(string recipient)
    {
        if (recipient.StartsWith(Functions, StringComparison.Ordinal)) recipient = recipient[Functions.Length..];
        else if (calls.Find(recipient) is null) return null;
        return CallReader.IsName(recipient) ? recipient : null;
    }

    /// <summary>Takes a header and what ends it; null where none comes, and then takes what made that certain.</summary>
    private async ValueTask<string?> TakeHeaderAsync()
    {
        await _feed.TryTakeAsync(Start).ConfigureAwait(false);
        while (true)
        {
            var length = HeaderEnds.Find(_feed.Ahead, _feed.HasEnded, out var end);
            var header = _feed.Ahead[..length];
            if (header.Length > 0 && !IsHeader(header, end is not null || _feed.HasEnded))
            {
                _feed.Skip(1);
                return null;
            }

            if (length > LongestHeader)
            {
                _feed.Skip(LongestHeader);
                return null;
            }

            if (end is not null)
            {
                var text = header.ToString();
                _feed.Skip(length + end.Length);
                return text;
            }

            if (_feed.HasEnded)
            {
                _feed.Skip(length);
                return null;
            }

            await _feed.MoreAsync().ConfigureAwait(false);
        }
    }

    // A header begins with a channel, a role or a recipient; what begins otherwise is a model that forgot its format.
    private static bool IsHeader(ReadOnlySpan<char> text, bool isWhole)
    {
        foreach (var begin in new[] { Channel, "assistant", "to=", " to=" })
        {
            if (text.StartsWith(begin) || (!isWhole && begin.AsSpan().StartsWith(text))) return true;
        }

        return false;
    }

    /// <summary>Passes on the text of a message and takes its end.</summary>
    private async ValueTask PassBodyAsync(bool isReasoning)
    {
        while (true)
        {
            var certain = BodyEnds.Find(_feed.Ahead, _feed.HasEnded, out var end);
            if (isReasoning) _sink.Reasoning(_feed.Ahead[..certain]);
            else _sink.Content(_feed.Ahead[..certain]);
            _feed.Skip(certain);
            if (end is not null)
            {
                if (Ends.Contains(end)) _feed.Skip(end.Length);
                return;
            }

            if (certain > 0) continue;
            if (_feed.HasEnded) return;
            await _feed.MoreAsync().ConfigureAwait(false);
        }
    }

    [GeneratedRegex(@"\bto=(?<name>[^\s<]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Recipient();

    [GeneratedRegex(@"<\|channel\|>\s*(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ChannelName();
}

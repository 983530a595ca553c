namespace Ashlar.Engine.Dialects;

/// <summary>Reads an output that is the answer itself, with reasoning and calls marked in it.</summary>
internal sealed class MarkedOutput : OutputReader
{
    private readonly CallReader _calls;
    private readonly TextFeed _feed;
    private readonly EventSink _sink;
    private readonly CallFormat? _format;
    private readonly ReasoningFormat? _reasoning;
    private readonly bool _beginsInReasoning;
    private readonly MarkerSet _atStart;
    private readonly MarkerSet _anywhere;

    /// <param name="calls">What to read with.</param>
    /// <param name="format">How calls are written; null where there are to be none.</param>
    /// <param name="reasoning">How reasoning is written; null where there is none.</param>
    /// <param name="beginsInReasoning">Whether the prompt began the reasoning.</param>
    public MarkedOutput(CallReader calls, CallFormat? format, ReasoningFormat? reasoning, bool beginsInReasoning)
    {
        (_calls, _feed, _sink) = (calls, calls.Feed, calls.Sink);
        (_format, _reasoning, _beginsInReasoning) = (format, reasoning, beginsInReasoning);
        string[] anywhere = [.. format?.Markers ?? [], .. reasoning?.Frames ?? []];
        _anywhere = new(anywhere);
        _atStart = new([.. anywhere, .. format?.StartMarkers ?? [], .. reasoning?.Open ?? []]);
    }

    public override async ValueTask ReadAsync()
    {
        if (_beginsInReasoning) await ReadReasoningAsync().ConfigureAwait(false);
        while (await FindMarkerAsync().ConfigureAwait(false) is { } marker)
        {
            _feed.Mark();
            _feed.Skip(marker.Length);
            if (_reasoning is not null && _reasoning.Open.Contains(marker))
            {
                _feed.Unmark();
                await ReadReasoningAsync().ConfigureAwait(false);
            }
            else if (_reasoning is not null && _reasoning.Frames.Contains(marker))
            {
                _sink.Break();
            }
            else if (!await _format!.ReadAsync(marker, _calls).ConfigureAwait(false))
            {
                _sink.Content(_feed.SinceMark);
            }

            _feed.Unmark();
        }
    }

    /// <summary>Passes on what goes before the next marker, which is not taken; null at the end.</summary>
    private async ValueTask<string?> FindMarkerAsync()
    {
        while (true)
        {
            var certain = _sink.IsAtStart ? FindAtStart(out var found) : _anywhere.Find(_feed.Ahead, _feed.HasEnded, out found);
            _sink.Content(_feed.Ahead[..certain]);
            _feed.Skip(certain);
            if (found is not null) return found;
            if (certain > 0) continue;
            if (_feed.HasEnded) return null;
            await _feed.MoreAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Where nothing was said yet: how much can be passed on at once, which is white space and one character.</summary>
    private int FindAtStart(out string? found)
    {
        var space = _feed.Ahead.Length - _feed.Ahead.TrimStart().Length;
        found = null;
        if (space > 0 || _feed.Ahead.IsEmpty) return space;
        return _atStart.IsHere(_feed.Ahead, _feed.HasEnded, out found) == false ? 1 : 0;
    }

    private async ValueTask ReadReasoningAsync()
    {
        _sink.Break();
        var close = new MarkerSet([_reasoning!.Close]);
        while (true)
        {
            var certain = close.Find(_feed.Ahead, _feed.HasEnded, out var found);
            _sink.Reasoning(_feed.Ahead[..certain]);
            _feed.Skip(certain);
            if (found is not null) break;
            if (certain > 0) continue;
            if (_feed.HasEnded) return;
            await _feed.MoreAsync().ConfigureAwait(false);
        }

        _feed.Skip(_reasoning.Close.Length);
        _sink.Break();
    }
}

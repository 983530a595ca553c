using System.Globalization;
using System.Text;

namespace Ashlar.Engine.Dialects;

/// <summary>Reads the text between an argument's tags and writes it as JSON, as the tool's schema wants it.</summary>
internal sealed class XmlValue(TextFeed feed, EventSink sink, string end, bool hasLines, ParameterTypes types)
{
    private readonly MarkerSet _end = new([end]);

    /// <summary>Reads up to the end tag and takes it.</summary>
    /// <returns>Whether it came; if not, what was written is the beginning of a value.</returns>
    public async ValueTask<bool> ReadAsync(string key)
    {
        var allowed = types[key];
        if (hasLines) await feed.TryTakeAsync('\n').ConfigureAwait(false);
        if (allowed == JsonTypes.String) return await ReadStringAsync().ConfigureAwait(false);

        var text = new StringBuilder();
        var isEnded = await ReadAsync(piece => text.Append(piece)).ConfigureAwait(false);
        if (isEnded) sink.Arguments(ParameterTypes.Write(text.ToString(), allowed));
        return isEnded;
    }

    private async ValueTask<bool> ReadStringAsync()
    {
        sink.Arguments("\"");
        var isEnded = await ReadAsync(piece => sink.Arguments(Escape(piece))).ConfigureAwait(false);
        if (isEnded) sink.Arguments("\"");
        return isEnded;
    }

    // Not the serializer's: half of a surrogate pair must pass, since the other half may be in the next piece.
    private static string Escape(ReadOnlySpan<char> text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c is '"' or '\\') escaped.Append('\\').Append(c);
            else if (c == '\n') escaped.Append("\\n");
            else if (c < ' ') escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else escaped.Append(c);
        }

        return escaped.ToString();
    }

    private async ValueTask<bool> ReadAsync(Action<ReadOnlySpan<char>> write)
    {
        var isLineHeld = false;
        while (true)
        {
            var certain = _end.Find(feed.Ahead, feed.HasEnded, out var found);
            if (certain > 0)
            {
                // The last line break is not the value's.
                if (isLineHeld) write("\n");
                isLineHeld = hasLines && feed.Ahead[certain - 1] == '\n';
                write(feed.Ahead[..(isLineHeld ? certain - 1 : certain)]);
                feed.Skip(certain);
            }

            if (found is not null)
            {
                feed.Skip(end.Length);
                return true;
            }

            if (certain > 0) continue;
            if (feed.HasEnded) return false;
            await feed.MoreAsync().ConfigureAwait(false);
        }
    }
}

using System.Globalization;
using System.Text;

namespace Ashlar.Engine.Dialects;

/// <summary>Takes JSON from a feed. What is malformed is taken up to the character that is wrong.</summary>
internal static class JsonReading
{
    /// <summary>Takes a string; null where none comes, it is malformed, or too long.</summary>
    public static async ValueTask<string?> TakeStringAsync(this TextFeed feed, int longest)
    {
        if (!await feed.TryTakeAsync('"').ConfigureAwait(false)) return null;
        var text = new StringBuilder();
        while (text.Length <= longest)
        {
            var next = await feed.TakeStringCharacterAsync().ConfigureAwait(false);
            if (next == EndOfString) return text.ToString();
            if (next < 0) return null;
            text.Append((char)next);
        }

        return null;
    }

    /// <summary>What <see cref="TakeStringCharacterAsync"/> gives for the quotation mark.</summary>
    public const int EndOfString = -2;

    /// <summary>
    /// Takes a character of a string, unescaped: <see cref="EndOfString"/> for its closing mark, -1 where it is malformed.
    /// Control characters stand for themselves, as models write them.
    /// </summary>
    public static async ValueTask<int> TakeStringCharacterAsync(this TextFeed feed)
    {
        var next = await feed.PeekAsync().ConfigureAwait(false);
        if (next < 0) return -1;
        feed.Skip(1);
        if (next == '"') return EndOfString;
        if (next != '\\') return next;

        next = await feed.PeekAsync().ConfigureAwait(false);
        if (next == 'u') return await feed.TakeUnicodeAsync().ConfigureAwait(false);
        var character = next switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' or '\\' or '/' => next,
            _ => -1,
        };
        if (character >= 0) feed.Skip(1);
        return character;
    }

    /// <summary>Takes any value and forgets it.</summary>
    /// <returns>Whether it was whole.</returns>
    public static async ValueTask<bool> SkipValueAsync(this TextFeed feed)
    {
        var json = new JsonProgress();
        while (!json.IsWhole)
        {
            var next = await feed.PeekAsync().ConfigureAwait(false);
            if (next < 0 || !json.Take((char)next)) return json.CanEnd;
            feed.Skip(1);
        }

        return true;
    }

    private static async ValueTask<int> TakeUnicodeAsync(this TextFeed feed)
    {
        while (feed.Ahead.Length < 5)
        {
            if (!await feed.MoreAsync().ConfigureAwait(false)) return -1;
        }

        if (!ushort.TryParse(feed.Ahead[1..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            return -1;
        }

        feed.Skip(5);
        return unit;
    }
}

namespace Ashlar.Engine.Dialects;

/// <summary>What readers of all formats take from a feed. What is decided depends on the text alone, not on its pieces.</summary>
internal static class FeedReading
{
    /// <summary>The next character, not taken; -1 at the end.</summary>
    public static async ValueTask<int> PeekAsync(this TextFeed feed)
    {
        while (feed.Ahead.IsEmpty)
        {
            if (!await feed.MoreAsync().ConfigureAwait(false)) return -1;
        }

        return feed.Ahead[0];
    }

    /// <summary>Takes white space.</summary>
    public static async ValueTask SkipSpaceAsync(this TextFeed feed)
    {
        while (await feed.PeekAsync().ConfigureAwait(false) is var next and >= 0 && char.IsWhiteSpace((char)next)) feed.Skip(1);
    }

    /// <summary>Takes a character if it comes next.</summary>
    public static async ValueTask<bool> TryTakeAsync(this TextFeed feed, char character)
    {
        if (await feed.PeekAsync().ConfigureAwait(false) != character) return false;
        feed.Skip(1);
        return true;
    }

    /// <summary>Takes a text if it comes next; asks for no more text than it takes to tell.</summary>
    public static async ValueTask<bool> TryTakeAsync(this TextFeed feed, string text)
    {
        while (true)
        {
            var known = Math.Min(feed.Ahead.Length, text.Length);
            if (!feed.Ahead[..known].SequenceEqual(text.AsSpan(0, known))) return false;
            if (known == text.Length) break;
            if (!await feed.MoreAsync().ConfigureAwait(false)) return false;
        }

        feed.Skip(text.Length);
        return true;
    }

    /// <summary>Takes white space and the text behind it; if the text does not come, takes the white space alone.</summary>
    public static async ValueTask<bool> TryTakeBehindSpaceAsync(this TextFeed feed, string text)
    {
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        return await feed.TryTakeAsync(text).ConfigureAwait(false);
    }

    /// <summary>Takes the text up to one of these characters, which stays; null where it is too long or ends first.</summary>
    public static async ValueTask<string?> TakeWordAsync(this TextFeed feed, string ends, int longest)
    {
        for (var length = 0; length <= longest; length++)
        {
            while (feed.Ahead.Length == length)
            {
                if (!await feed.MoreAsync().ConfigureAwait(false)) return null;
            }

            if (!ends.Contains(feed.Ahead[length], StringComparison.Ordinal)) continue;
            var word = feed.Ahead[..length].ToString();
            feed.Skip(length);
            return word;
        }

        return null;
    }
}

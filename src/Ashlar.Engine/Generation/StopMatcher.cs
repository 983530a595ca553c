namespace Ashlar.Engine;

/// <summary>
/// Looks for stop texts in text that comes in pieces. What may yet become a stop text is held back, so that nothing is released
/// and then regretted. The first stop text to be complete wins, of those that are complete at once the longest; so the result
/// does not depend on where the pieces end.
/// <para>
/// Each stop text is followed by the automaton of Knuth, Morris and Pratt (1977). What is held back is always the beginning of a
/// stop text, the one that has come furthest; so no copy of it is kept.
/// </para>
/// </summary>
internal sealed class StopMatcher
{
    private readonly string[] _stops;
    private readonly int[][] _borders; // for each prefix of a stop text, its longest proper prefix that is also its end
    private readonly int[] _matched; // characters of each stop text that the text now ends with
    private int _furthest; // the stop text whose beginning is held back

    /// <param name="stops">Texts of 1 character or more; there may be none.</param>
    public StopMatcher(IReadOnlyList<string> stops)
    {
        _stops = [.. stops];
        _borders = [.. _stops.Select(BordersOf)];
        _matched = new int[_stops.Length];
    }

    /// <summary>Whether a stop text was found; nothing is released after it.</summary>
    public bool IsFound { get; private set; }

    private ReadOnlySpan<char> Held => _stops.Length == 0 ? [] : _stops[_furthest].AsSpan(0, _matched[_furthest]);

    /// <summary>Takes the next piece and releases what is certain by now.</summary>
    /// <param name="text">The piece; characters after a stop text are dropped.</param>
    /// <param name="released">Takes the text that is no part of a stop text.</param>
    /// <returns>Whether a stop text was found.</returns>
    public bool Append(ReadOnlySpan<char> text, TextBuffer released)
    {
        if (_stops.Length == 0)
        {
            released.Append(text);
            return false;
        }

        foreach (var character in text)
        {
            if (IsFound) break;
            Append(character, released);
        }

        return IsFound;
    }

    /// <summary>Releases what is held back: the text ends here.</summary>
    public void Flush(TextBuffer released)
    {
        if (IsFound) return;
        released.Append(Held);
        Array.Clear(_matched);
    }

    private void Append(char character, TextBuffer released)
    {
        var held = Held;
        var longest = -1;
        for (var i = 0; i < _stops.Length; i++)
        {
            var matched = _matched[i] = Advance(_stops[i], _borders[i], _matched[i], character);
            var complete = matched == _stops[i].Length;
            if ((complete && !IsFound) || (complete == IsFound && matched > longest))
            {
                (_furthest, longest, IsFound) = (i, matched, complete);
            }
        }

        // Of what was held and the new character, all goes out that is not held now.
        var certain = held.Length + 1 - longest;
        released.Append(held[..Math.Min(certain, held.Length)]);
        if (certain > held.Length) released.Append(new ReadOnlySpan<char>(in character));
    }

    private static int Advance(string stop, int[] borders, int matched, char character)
    {
        while (matched > 0 && stop[matched] != character) matched = borders[matched];
        return stop[matched] == character ? matched + 1 : 0;
    }

    private static int[] BordersOf(string stop)
    {
        var borders = new int[stop.Length + 1];
        for (var (length, border) = (2, 0); length <= stop.Length; length++)
        {
            borders[length] = border = Advance(stop, borders, border, stop[length - 1]);
        }

        return borders;
    }
}

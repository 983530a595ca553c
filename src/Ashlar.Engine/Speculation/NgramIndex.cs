namespace Ashlar.Engine.Speculation;

/// <summary>
/// Where the last few tokens of a sequence stood before: what followed them there is a guess at what follows now (prompt look-up,
/// Saxena 2023). It pays where an answer repeats the question: code that is edited, texts that are quoted.
/// Allocates only when it is made.
/// </summary>
internal sealed class NgramIndex
{
    /// <summary>Tokens in a row that must agree.</summary>
    private const int Least = 3;

    /// <summary>How far back agreement is counted, to choose the place that agrees furthest.</summary>
    private const int Most = 32;

    /// <summary>How many places are compared.</summary>
    private const int MostPlaces = 16;

    private readonly int[] _last; // by hash: the end of the last run of tokens, plus one
    private readonly int[] _before; // by the end of a run: the end of the run before it with that hash, plus one
    private int _indexed; // tokens

    /// <param name="capacity">The most tokens of the sequence.</param>
    public NgramIndex(int capacity)
    {
        _last = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 16))];
        _before = new int[capacity];
    }

    /// <summary>Guesses how a sequence goes on.</summary>
    /// <param name="tokens">The whole sequence; it begins with what was given before.</param>
    /// <param name="guess">Receives the guess.</param>
    /// <returns>How many tokens were guessed.</returns>
    public int Guess(ReadOnlySpan<int> tokens, Span<int> guess)
    {
        if (tokens.Length <= Least) return 0;
        // All runs but the last one, which is looked for.
        for (; _indexed < tokens.Length - 1; _indexed++)
        {
            if (_indexed < Least - 1) continue;
            ref var last = ref _last[Hash(tokens, _indexed)];
            _before[_indexed] = last;
            last = _indexed + 1;
        }

        var (best, agreed) = (-1, Least - 1);
        var end = _last[Hash(tokens, tokens.Length - 1)] - 1;
        for (var places = 0; end >= 0 && places < MostPlaces; places++, end = _before[end] - 1)
        {
            var length = 0;
            while (length < Most && length <= end && tokens[end - length] == tokens[^(length + 1)]) length++;
            if (length > agreed) (best, agreed) = (end, length);
        }

        if (best < 0) return 0;
        var following = tokens[(best + 1)..];
        var count = Math.Min(following.Length, guess.Length);
        following[..count].CopyTo(guess);
        return count;
    }

    private int Hash(ReadOnlySpan<int> tokens, int end)
    {
        uint hash = 0;
        for (var i = 0; i < Least; i++) hash = (hash ^ (uint)tokens[end - i]) * 0x9E3779B1u;
        return (int)(hash >> 8) & (_last.Length - 1);
    }
}

using System.Numerics;
using Ashlar.Engine.Grammars.Matching;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// Follows one sequence through a grammar: says which tokens may come next, takes the one that came, and goes back where a
/// draft was refused. Not safe for concurrent use; allocates nothing once what it meets has been met before.
/// </summary>
public sealed class GrammarMatcher
{
    /// <summary>How many tokens <see cref="Rollback"/> can take back.</summary>
    public const int MaxRollback = 256;

    private const int Ended = -1;

    private readonly CompiledGrammar _grammar;
    private readonly int[] _history = new int[MaxRollback]; // the states before the last tokens, in a ring
    private StatePool _pool;
    private int _state;
    private int _depth;
    private int _next;

    /// <summary>A matcher at the beginning of a text.</summary>
    public GrammarMatcher(CompiledGrammar grammar)
    {
        _grammar = grammar;
        lock (grammar.Gate) (_pool, _state) = (grammar.Pool, grammar.Pool.Start);
    }

    /// <summary>Whether the output may end here.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_grammar.Gate) return _state == Ended || _pool.IsComplete(_state);
        }
    }

    /// <summary>Whether nothing may follow but a token that ends generation, or such a token has come.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_grammar.Gate) return _state == Ended || _pool.IsFinal(_state);
        }
    }

    /// <summary>
    /// Writes which tokens may come next: bit <c>id % 32</c> of number <c>id / 32</c>. At least one may, unless a token that
    /// ends generation has come, or the vocabulary cannot spell what must follow.
    /// </summary>
    /// <param name="mask">As many bits as the vocabulary has tokens, or more; those beyond are cleared.</param>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public void FillMask(Span<uint> mask)
    {
        var length = _grammar.Tokens.MaskLength;
        if (mask.Length < length)
        {
            throw OptionError.Of($"a mask of {_grammar.Tokens.Count} tokens has {length} numbers, not {mask.Length}");
        }

        mask[length..].Clear();
        lock (_grammar.Gate)
        {
            Renew();
            if (_state == Ended) mask.Clear();
            else _grammar.Fill(_state, mask[..length]);
        }
    }

    /// <summary>Takes the next token, if it may come; otherwise nothing changes.</summary>
    public bool TryAccept(int token)
    {
        if ((uint)token >= (uint)_grammar.Tokens.Count || _state == Ended) return false;
        lock (_grammar.Gate)
        {
            Renew();
            var next = _grammar.Next(_state, token);
            if (next == StatePool.Dead)
            {
                if (!_pool.IsComplete(_state) || Array.BinarySearch(_grammar.Tokens.EndOfGeneration, token) < 0) return false;
                next = Ended;
            }

            _history[_next] = _state;
            _next = (_next + 1) % MaxRollback;
            _depth = Math.Min(_depth + 1, MaxRollback);
            _state = next;
            return true;
        }
    }

    /// <summary>Takes back the last tokens.</summary>
    /// <param name="tokens">How many: at most as many as were accepted, and at most <see cref="MaxRollback"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many to take back.</exception>
    public void Rollback(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, _depth);
        if (tokens == 0) return;
        _next = (_next - tokens + MaxRollback) % MaxRollback;
        _depth -= tokens;
        _state = _history[_next];
    }

    /// <summary>
    /// The tokens that must come next, each the only one that its mask would allow; the matcher stays where it is.
    /// </summary>
    /// <param name="tokens">Where they go, and how many are asked for: at most <see cref="MaxRollback"/> are given.</param>
    /// <returns>How many there are.</returns>
    public int ForcedTokens(Span<int> tokens)
    {
        var length = _grammar.Tokens.MaskLength;
        var rented = System.Buffers.ArrayPool<uint>.Shared.Rent(length);
        var count = 0;
        lock (_grammar.Gate)
        {
            Renew();
            var state = _state;
            var mask = rented.AsSpan(0, length);
            while (count < Math.Min(tokens.Length, MaxRollback) && state != Ended)
            {
                _grammar.Fill(state, mask);
                if (Only(mask) is not (>= 0 and var token)) break;
                tokens[count++] = token;
                state = _grammar.Next(state, token);
                if (state == StatePool.Dead) break; // it ends generation
            }
        }

        System.Buffers.ArrayPool<uint>.Shared.Return(rented);
        return count;
    }

    private static int Only(ReadOnlySpan<uint> mask)
    {
        var first = mask.IndexOfAnyExcept(0u);
        return first >= 0 && BitOperations.IsPow2(mask[first]) && mask[(first + 1)..].IndexOfAnyExcept(0u) < 0
            ? (first * 32) + BitOperations.TrailingZeroCount(mask[first])
            : -1;
    }

    // A pool that was replaced lives on until all matchers have moved.
    private void Renew()
    {
        _grammar.Renew();
        var pool = _grammar.Pool;
        if (pool == _pool) return;
        _state = _state == Ended ? Ended : pool.Adopt(_pool, _state);
        for (var i = 1; i <= _depth; i++)
        {
            ref var state = ref _history[(_next - i + MaxRollback) % MaxRollback];
            if (state != Ended) state = pool.Adopt(_pool, state);
        }

        _pool = pool;
    }
}

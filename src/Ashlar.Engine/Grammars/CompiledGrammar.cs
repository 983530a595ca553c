using Ashlar.Engine.Grammars.Matching;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// A grammar compiled for a vocabulary, by <see cref="GrammarCompiler"/>. It does not change, apart from caches that matchers
/// fill under a lock: any number of sequences may share it, from any threads.
/// </summary>
public sealed class CompiledGrammar
{
    private readonly Network _network;
    private readonly MaskWalk _walk;
    private int _mostNumbers = GrammarLimits.CachedNumbers;
    private GrammarMemory? _memory; // what its bytes are counted in
    private long _counted;

    internal CompiledGrammar(Network network, TokenTable tokens)
    {
        (_network, Tokens) = (network, tokens);
        _walk = new(network, tokens);
        Pool = new(network);
    }

    /// <summary>The vocabulary that it was compiled for.</summary>
    public TokenTable Tokens { get; }

    /// <summary>States of the grammar: a measure of its size.</summary>
    public int StateCount => _network.Accepts.Length;

    /// <summary>Held while the pool is used.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The states that matching has met; replaced when it has grown too large.</summary>
    internal StatePool Pool { get; private set; }

    /// <summary>A matcher at the beginning of a text.</summary>
    public GrammarMatcher CreateMatcher() => new(this);

    /// <summary>Bytes that it takes, nearly, with what matching has met.</summary>
    internal long Bytes => _network.Bytes + (long)Pool.Numbers * sizeof(int) + _walk.Bytes;

    /// <summary>Replaces the pool if it is full, and counts what it holds. The gate is held.</summary>
    internal void Renew()
    {
        if (Pool.Numbers > _mostNumbers) Replace();
        Count();
    }

    /// <summary>Starts a new pool; matchers take their states along when they next do something. The gate is held.</summary>
    internal void Replace()
    {
        Pool = new(_network);
        _walk.Forget();
    }

    /// <summary>Its bytes count from now on.</summary>
    internal void Join(GrammarMemory memory)
    {
        lock (Gate)
        {
            _memory = memory;
            Count();
        }
    }

    /// <summary>Its bytes count no more; who still matches by it is content with fewer.</summary>
    internal void Leave()
    {
        lock (Gate)
        {
            _memory?.Change(-_counted);
            (_memory, _counted, _mostNumbers) = (null, 0, GrammarLimits.CachedNumbersOfForgotten);
        }
    }

    /// <summary>Forgets what matching has met; who matches goes on, and meets it again.</summary>
    internal void Trim()
    {
        lock (Gate)
        {
            Replace();
            _walk.Trim();
            Count();
        }
    }

    /// <summary>Writes the mask of a state of the pool. The gate is held.</summary>
    internal void Fill(int state, Span<uint> mask) => _walk.Fill(Pool, state, mask);

    /// <summary>The state behind a token, or <see cref="StatePool.Dead"/>. The gate is held.</summary>
    internal int Next(int state, int token)
    {
        var bytes = Tokens[token];
        if (bytes.IsEmpty)
        {
            var special = Array.BinarySearch(_network.SpecialTokens, token);
            return special < 0 ? StatePool.Dead : Pool.Next(state, _network.ClassCount + special);
        }

        var classes = _network.ClassOf;
        foreach (var value in bytes)
        {
            state = Pool.Next(state, classes[value]);
            if (state == StatePool.Dead) break;
        }

        return state;
    }

    private void Count()
    {
        if (_memory is null) return;
        var bytes = Bytes;
        if (bytes != _counted) _memory.Change(bytes - _counted);
        _counted = bytes;
    }
}

using System.Text.Json;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// Grammars compiled for one vocabulary; those used last are kept, within a number of bytes. Compiling is done beside the engine,
/// by few threads at once, and once for all who ask for the same. For any thread.
/// </summary>
internal sealed class GrammarCache : IDisposable
{
    private const int Capacity = 64;

    private readonly Lazy<TokenTable> _tokens;
    private readonly SemaphoreSlim _compiling = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _known = [];
    private readonly LinkedList<Entry> _byUse = new(); // what was used longest ago first

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="mostBytes">Bytes of all grammars, with what matching has met of each.</param>
    public GrammarCache(Tokenizer tokenizer, long mostBytes = GrammarLimits.CachedBytes)
    {
        _tokens = new(() => new(tokenizer));
        Memory = new(mostBytes, Trim);
    }

    /// <summary>What the grammars take.</summary>
    public GrammarMemory Memory { get; }

    /// <summary>Compiles a grammar, or finds it compiled.</summary>
    /// <param name="source">The grammar.</param>
    /// <param name="cancellationToken">Ends the waiting; the grammar is compiled all the same, for the next who asks.</param>
    /// <exception cref="GrammarException">The grammar is malformed, impossible, too large or beyond what is supported.</exception>
    public async Task<CompiledGrammar> GetAsync(GrammarSource source, CancellationToken cancellationToken)
    {
        var grammar = Find(source);
        try
        {
            return await grammar.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (grammar.IsFaulted)
        {
            Forget(KeyOf(source)); // the error is told to whoever waited; the next asks again
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _compiling.Dispose();

    private static string KeyOf(GrammarSource source) => $"{source.GetType().Name} {JsonSerializer.Serialize<object>(source)}";

    private Task<CompiledGrammar> Find(GrammarSource source)
    {
        var key = KeyOf(source);
        string? oldest = null;
        Task<CompiledGrammar> grammar;
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var node)) _byUse.Remove(node);
            else node = new(new(key));
            node.Value.Compiling ??= Task.Run(() => Compile(source, node.Value));
            _known[key] = node;
            _byUse.AddLast(node);
            if (_known.Count > Capacity) oldest = _byUse.First!.Value.Key;
            grammar = node.Value.Compiling;
        }

        if (oldest is not null) Forget(oldest);
        return grammar;
    }

    private async Task<CompiledGrammar> Compile(GrammarSource source, Entry entry)
    {
        await _compiling.WaitAsync().ConfigureAwait(false);
        try
        {
            var grammar = GrammarCompiler.Compile(source, _tokens.Value);
            lock (_gate)
            {
                if (entry.IsForgotten) grammar.Leave();
                else entry.Grammar = grammar;
            }

            if (entry.Grammar is not null) grammar.Join(Memory);
            return grammar;
        }
        finally
        {
            _compiling.Release();
        }
    }

    private void Forget(string key)
    {
        CompiledGrammar? grammar = null;
        lock (_gate)
        {
            if (!_known.Remove(key, out var node)) return;
            _byUse.Remove(node);
            node.Value.IsForgotten = true;
            grammar = node.Value.Grammar;
        }

        grammar?.Leave(); // not under the lock: a long mask may be in the making
    }

    // What matching has met goes first, of the grammars used longest ago before others; then those grammars themselves.
    private void Trim()
    {
        Entry[] byUse;
        lock (_gate) byUse = [.. _byUse];
        foreach (var entry in byUse)
        {
            if (Memory.Used <= Memory.Goal) return;
            entry.Grammar?.Trim();
        }

        foreach (var entry in byUse.SkipLast(1))
        {
            if (Memory.Used <= Memory.Goal) return;
            if (entry.Grammar is not null) Forget(entry.Key);
        }
    }

    /// <summary>A grammar that was asked for. The cache's gate guards what changes.</summary>
    private sealed class Entry(string key)
    {
        public string Key => key;

        public Task<CompiledGrammar>? Compiling { get; set; }

        /// <summary>What was compiled, once it was.</summary>
        public CompiledGrammar? Grammar { get; set; }

        public bool IsForgotten { get; set; }
    }
}

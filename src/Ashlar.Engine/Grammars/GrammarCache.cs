using System.Text.Json;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// Grammars compiled for one vocabulary; those used last are kept. Compiling is done beside the engine, by few threads at once, and
/// once for all who ask for the same. For any thread.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
internal sealed class GrammarCache(Tokenizer tokenizer) : IDisposable
{
    private const int Capacity = 64;

    private readonly Lazy<TokenTable> _tokens = new(() => new(tokenizer));
    private readonly SemaphoreSlim _compiling = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, Task<CompiledGrammar> Grammar)>> _known = [];
    private readonly LinkedList<(string Key, Task<CompiledGrammar> Grammar)> _byUse = new(); // what was used longest ago first

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
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var node)) _byUse.Remove(node);
            else node = new((key, Task.Run(() => Compile(source))));
            _known[key] = node;
            _byUse.AddLast(node);
            if (_known.Count > Capacity) Forget(_byUse.First!.Value.Key);
            return node.Value.Grammar;
        }
    }

    private async Task<CompiledGrammar> Compile(GrammarSource source)
    {
        await _compiling.WaitAsync().ConfigureAwait(false);
        try
        {
            return GrammarCompiler.Compile(source, _tokens.Value);
        }
        finally
        {
            _compiling.Release();
        }
    }

    private void Forget(string key)
    {
        lock (_gate)
        {
            if (_known.Remove(key, out var node)) _byUse.Remove(node);
        }
    }
}

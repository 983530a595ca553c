using Ashlar.Models;
using Ashlar.Models.Adapters;

namespace Ashlar.Engine.Adapters;

/// <summary>The adapters of an engine by name, and the places of the bank that are free. Safe for concurrent use.</summary>
/// <param name="model">The model that they are for.</param>
/// <param name="bank">Where their matrices lie.</param>
/// <param name="options">Checked options, with room for an adapter or more.</param>
internal sealed class AdapterRegistry(LanguageModel model, AdapterBank bank, EngineOptions options)
{
    private const int LongestName = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoadedAdapter?> _adapters = new(StringComparer.Ordinal); // null while it is being read
    private readonly HashSet<LoadedAdapter> _leaving = [];
    private readonly Stack<int> _free = new(Enumerable.Range(1, options.MaxAdapters).Reverse());
    private bool _isClosed;

    /// <summary>The adapters that requests may name.</summary>
    public IReadOnlyList<AdapterInfo> List()
    {
        lock (_gate)
        {
            return [.. _adapters.Values.OfType<LoadedAdapter>().OrderBy(adapter => adapter.Name, StringComparer.Ordinal)
                .Select(adapter => new AdapterInfo(adapter.Name, adapter.Path, adapter.Rank, adapter.Users))];
        }
    }

    /// <summary>Reads an adapter and puts it in a place.</summary>
    public void Load(string name, string path)
    {
        if (name.Length is 0 or > LongestName)
        {
            throw new AdapterRefusedException($"an adapter's name has from 1 to {LongestName} characters, not {name.Length}");
        }

        var place = Reserve(name);
        LoadedAdapter? loaded = null;
        try
        {
            var adapter = Read(path);
            bank.Write(place, adapter); // which no token names yet
            loaded = new(this, name, place, adapter);
        }
        finally
        {
            lock (_gate)
            {
                if (loaded is not null)
                {
                    _adapters[name] = loaded;
                }
                else
                {
                    _adapters.Remove(name);
                    _free.Push(place);
                }
            }
        }
    }

    /// <summary>
    /// Reads an adapter and gives it the name of another, which goes on for those who use it. If nobody does, its place will do.
    /// </summary>
    public void Replace(string name, string path)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(InferenceEngine));
            Find(name);
        }

        var adapter = Read(path);
        lock (_gate)
        {
            var old = Find(name);
            var place = old.Place;
            if (old.Users > 0 && !_free.TryPop(out place))
            {
                throw new AdapterRefusedException($"requests use adapter '{name}', and there is no place beside it; "
                    + $"wait until they have ended, or allow more{Mend(nameof(EngineOptions.MaxAdapters), "--max-loras")}");
            }

            bank.Write(place, adapter); // behind the gate, so that nobody names the place meanwhile
            _adapters[name] = new(this, name, place, adapter);
            if (place == old.Place) return;
            old.Leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _leaving.Add(old);
        }
    }

    /// <summary>Takes the name away at once; the place is free once nobody uses the adapter any more.</summary>
    /// <returns>Completed then.</returns>
    public Task Unload(string name)
    {
        lock (_gate)
        {
            var adapter = Find(name);
            adapter.Leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _adapters.Remove(name);
            _leaving.Add(adapter);
            var task = adapter.Leaving.Task;
            LeaveIfUnused(adapter);
            return task;
        }
    }

    /// <summary>The adapter of a name, with a user more.</summary>
    /// <exception cref="UnknownAdapterException">There is none.</exception>
    public LoadedAdapter Acquire(string name)
    {
        lock (_gate)
        {
            var adapter = Find(name);
            adapter.Users++;
            return adapter;
        }
    }

    /// <summary>Throws where there is no adapter of the name.</summary>
    public void Require(string name)
    {
        lock (_gate) Find(name);
    }

    public void Release(LoadedAdapter adapter)
    {
        lock (_gate)
        {
            adapter.Users--;
            LeaveIfUnused(adapter);
        }
    }

    /// <summary>The engine has ended: whoever waits need wait no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var adapter in _leaving) adapter.Leaving!.TrySetException(new ObjectDisposedException(nameof(InferenceEngine)));
        }
    }

    /// <summary>Where a limit is raised.</summary>
    internal static string Mend(string option, string argument) =>
        $" with {nameof(EngineOptions)}.{option}, or 'serve {argument}'";

    private LoraAdapter Read(string path)
    {
        var adapter = LoraAdapter.Load(path, model);
        if (adapter.Rank <= options.MaxAdapterRank) return adapter;
        throw new AdapterRefusedException($"adapter '{path}' has rank {adapter.Rank}, and the engine has room for "
            + $"{options.MaxAdapterRank}; allow more{Mend(nameof(EngineOptions.MaxAdapterRank), "--max-lora-rank")}");
    }

    private LoadedAdapter Find(string name) => _adapters.GetValueOrDefault(name)
        ?? throw new UnknownAdapterException(name, _adapters.Where(known => known.Value is not null).Select(known => known.Key));

    private int Reserve(string name)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(InferenceEngine));
            if (_adapters.ContainsKey(name))
            {
                throw new AdapterRefusedException($"an adapter called '{name}' is loaded already; unload it first");
            }

            if (!_free.TryPop(out var place))
            {
                throw new AdapterRefusedException($"the engine has room for {options.MaxAdapters} adapters, and has as many; "
                    + $"unload one, or allow more{Mend(nameof(EngineOptions.MaxAdapters), "--max-loras")}");
            }

            _adapters.Add(name, null);
            return place;
        }
    }

    private void LeaveIfUnused(LoadedAdapter adapter)
    {
        if (adapter.Leaving is null || adapter.Users > 0 || !_leaving.Remove(adapter)) return;
        _free.Push(adapter.Place);
        adapter.Leaving.TrySetResult();
    }
}

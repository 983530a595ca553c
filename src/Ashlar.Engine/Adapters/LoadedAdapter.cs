using Ashlar.Models.Adapters;

namespace Ashlar.Engine.Adapters;

/// <summary>An adapter that has a place in the bank, and who uses it. The gate of its registry guards what changes.</summary>
internal sealed class LoadedAdapter(AdapterRegistry registry, string name, int place, LoraAdapter adapter)
{
    public string Name => name;

    /// <summary>The number that tokens name.</summary>
    public int Place => place;

    /// <summary>What tells its keys and values apart from those of any other.</summary>
    public string Fingerprint { get; } = adapter.Fingerprint;

    /// <summary>Where it was read from.</summary>
    public string Path { get; } = adapter.Source;

    public int Rank { get; } = adapter.Rank;

    /// <summary>Requests that use it.</summary>
    public int Users { get; set; }

    /// <summary>Completed once nobody uses it any more; null while it is loaded.</summary>
    public TaskCompletionSource? Leaving { get; set; }

    /// <summary>One user less.</summary>
    public void Release() => registry.Release(this);
}

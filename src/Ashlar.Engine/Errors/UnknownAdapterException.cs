namespace Ashlar.Engine;

/// <summary>No adapter of that name is loaded. A server answers 404.</summary>
public sealed class UnknownAdapterException : ArgumentException
{
    internal UnknownAdapterException(string name, IEnumerable<string> loaded)
        : base($"no adapter is called '{name}'; {Describe([.. loaded])}") => Name = name;

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    private static string Describe(string[] loaded) =>
        loaded.Length == 0 ? "none is loaded" : $"loaded are {string.Join(", ", loaded.Order(StringComparer.Ordinal))}";
}

namespace Ashlar.Server.Routing;

/// <summary>
/// Finds what answers a request. One table, because the paths are few and errors must be told in their protocol's form, too.
/// </summary>
internal sealed class Router
{
    private readonly Dictionary<string, List<Route>> _literal = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, string Suffix, List<Route> Routes)> _patterns;

    public Router(IReadOnlyList<Route> routes)
    {
        Routes = routes;
        _patterns = [];
        foreach (var group in routes.GroupBy(static route => route.Path))
        {
            var (open, close) = (group.Key.IndexOf('{', StringComparison.Ordinal), group.Key.IndexOf('}',
                StringComparison.Ordinal));
            if (open < 0) _literal.Add(group.Key, [.. group]);
            else _patterns.Add((group.Key[..open], group.Key[(close + 1)..], [.. group]));
        }

        _patterns.Sort(static (a, b) => b.Suffix.Length.CompareTo(a.Suffix.Length)); // the narrower first
    }

    /// <summary>Everything that answers something.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>What answers this method at this path.</summary>
    public RouteMatch Find(string method, string path)
    {
        if (_literal.TryGetValue(path, out var routes)) return Choose(routes, method, "");
        foreach (var (prefix, suffix, several) in _patterns)
        {
            var length = path.Length - prefix.Length - suffix.Length; // names of models may have slashes
            if (length < 1 || !path.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (path.EndsWith(suffix, StringComparison.Ordinal)) return Choose(several, method, path.Substring(prefix.Length,
                length));
        }

        return new(null, "", []);
    }

    // Kestrel leaves out the body of an answer to HEAD by itself.
    private static RouteMatch Choose(List<Route> routes, string method, string parameter) => new(
        routes.FirstOrDefault(route => route.Method == method)
            ?? routes.FirstOrDefault(route => method == "HEAD" && route.Method == "GET"),
        parameter,
        [.. routes.Select(static route => route.Method)]);
}

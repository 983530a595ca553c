using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates;

/// <summary>Names and their values; what a scope does not hold, its parent may.</summary>
internal sealed class Scope(Scope? parent, Budget budget)
{
    private Dictionary<string, Value>? _variables;

    public Budget Budget => budget;

    public Value? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables is not null && scope._variables.TryGetValue(name, out var value)) return value;
        }

        return null;
    }

    public void Set(string name, Value value) => (_variables ??= new(StringComparer.Ordinal))[name] = value;

    /// <summary>Forgets this scope's own names, for the next round of a loop.</summary>
    public void Clear() => _variables?.Clear();

    private Scope? Parent => parent;
}

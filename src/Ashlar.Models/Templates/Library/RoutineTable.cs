using System.Collections;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Built-in routines of one kind by name, written as a collection initializer.</summary>
internal sealed class RoutineTable(string kind) : IEnumerable<Routine>
{
    /// <summary>No routine's name is longer. What a template asks for may be: it is not even hashed.</summary>
    private const int LongestName = 32;

    private readonly Dictionary<string, Routine> _routines = new(StringComparer.Ordinal);

    public void Add(string name, string parameters, RoutineBody body) => _routines.Add(name, new(kind, name, parameters, body));

    /// <summary>All the routines of another table.</summary>
    public void Add(RoutineTable other)
    {
        foreach (var (name, routine) in other._routines) _routines.Add(name, routine);
    }

    /// <summary>A second name for a routine already in the table.</summary>
    public void Add(string alias, string name) => _routines.Add(alias, _routines[name]);

    public Routine? Find(string name) => name.Length <= LongestName ? _routines.GetValueOrDefault(name) : null;

    /// <summary>The routine as a method of that value; null where there is none of that name.</summary>
    public RoutineValue? Bind(Value self, string name) => Find(name) is { } routine ? new(routine, self) : null;

    public IEnumerator<Routine> GetEnumerator() => _routines.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

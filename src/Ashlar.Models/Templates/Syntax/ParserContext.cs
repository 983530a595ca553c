namespace Ashlar.Models.Templates.Syntax;

/// <summary>What the parser must remember of the constructs around the place where it is.</summary>
internal sealed class ParserContext
{
    private readonly Stack<HashSet<string>> _macros = new();
    private readonly List<(string Reason, Position At)> _missing = [];
    private (string Reason, Position At)? _insisted;

    /// <summary>A filter or test that does not exist, where no condition might keep it from being evaluated.</summary>
    public (string Reason, Position At)? FirstMissing => _insisted ?? (_missing.Count > 0 ? _missing[0] : null);

    public int MissingCount => _missing.Count;

    /// <summary>Loops around this place that <c>break</c> and <c>continue</c> can leave.</summary>
    public int Loops { get; set; }

    public void NoteMissing(string reason, Position at) => _missing.Add((reason, at));

    /// <summary>What was noted after the first so many lies under a condition: an error only once it is evaluated.</summary>
    public void ForgiveMissing(int count) => _missing.RemoveRange(count, _missing.Count - count);

    /// <summary>
    /// What was noted after the first so many lies in a scope of its own, and conditions around it no longer count.
    /// So it is in Jinja, whose compiler forgets them there.
    /// </summary>
    public void InsistOnMissing(int count)
    {
        if (_missing.Count > count) _insisted ??= _missing[count];
    }

    /// <summary>Begins the body of a macro; the set will hold the special names it uses.</summary>
    public HashSet<string> BeginMacro()
    {
        var uses = new HashSet<string>(StringComparer.Ordinal);
        _macros.Push(uses);
        return uses;
    }

    public void EndMacro() => _macros.Pop();

    public void NoteName(string name)
    {
        if (name is not ("caller" or "varargs" or "kwargs")) return;
        foreach (var uses in _macros) uses.Add(name);
    }
}

namespace Ashlar.Models.Templates.Syntax;

/// <summary>What the parser must remember of the constructs around the place where it is.</summary>
internal sealed class ParserContext
{
    private readonly Stack<HashSet<string>> _macros = new();

    /// <summary>Inside a condition's branch a missing filter is an error only once it is evaluated.</summary>
    public int Conditions { get; set; }

    /// <summary>Loops around this place that <c>break</c> and <c>continue</c> can leave.</summary>
    public int Loops { get; set; }

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

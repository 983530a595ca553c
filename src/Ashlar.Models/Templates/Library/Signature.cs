using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// The parameters of a routine, written <c>"width, fillchar?, *"</c>: a question mark makes one optional,
/// <c>*</c> takes further positions and <c>**</c> further names.
/// </summary>
internal sealed class Signature
{
    private readonly string[] _names;
    private readonly int _required;
    private readonly bool _takesMore;
    private readonly bool _takesNamed;

    public Signature(string parameters)
    {
        var parts = parameters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _takesMore = parts.Contains("*");
        _takesNamed = parts.Contains("**");
        var named = parts.Where(part => part[0] != '*').ToArray();
        _required = named.Count(part => !part.EndsWith('?'));
        _names = [.. named.Select(part => part.TrimEnd('?'))];
    }

    public BoundArguments Bind(string routine, Arguments arguments, Budget budget)
    {
        // Filters that take any number of arguments may be called with all of them for each element of a sequence.
        budget.Step(arguments.Named.Count + (_takesMore ? arguments.Positional.Count : 0));
        var values = new Value?[_names.Length];
        var positional = arguments.Positional;
        if (positional.Count > _names.Length && !_takesMore)
        {
            throw budget.Error($"{routine} takes at most {_names.Length} arguments ({positional.Count} given)");
        }

        for (var i = 0; i < positional.Count && i < values.Length; i++) values[i] = positional[i];
        var named = new List<KeyValuePair<string, Value>>();
        foreach (var argument in arguments.Named)
        {
            var i = Array.IndexOf(_names, argument.Key);
            if (i >= 0 && values[i] is null) values[i] = argument.Value;
            else if (i >= 0) throw budget.Error($"{routine} got two values for argument '{argument.Key}'");
            else if (_takesNamed) named.Add(argument);
            else throw budget.Error($"{routine} takes no argument named '{argument.Key}'");
        }

        for (var i = 0; i < _required; i++)
        {
            if (values[i] is null) throw budget.Error($"{routine} needs the argument '{_names[i]}'");
        }

        return new(routine, _names, values, [.. positional.Skip(_names.Length)], named, budget);
    }
}

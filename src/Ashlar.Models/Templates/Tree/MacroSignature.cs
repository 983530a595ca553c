using System.Globalization;
using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>
/// The parameters of a macro or call block. Whether it also takes further arguments and a caller follows from
/// whether its body uses the names <c>varargs</c>, <c>kwargs</c> and <c>caller</c>.
/// </summary>
internal sealed class MacroSignature(
    string? name,
    IReadOnlyList<(string Name, Expression? Default)> parameters,
    IReadOnlySet<string> uses)
{
    private readonly UndefinedValue[] _missing =
        [.. parameters.Select(parameter => new UndefinedValue($"parameter '{parameter.Name}' was not provided"))];

    /// <summary>Null for a call block.</summary>
    public string? Name => name;

    /// <summary>The names of the parameters. Made once: there may be as many as the source is long.</summary>
    public Value Names { get; } = new TupleValue([.. parameters.Select(parameter => new StringValue(parameter.Name))]);

    private string Title => name is null ? "the call block" : $"macro '{name}'";

    public bool Uses(string special) => uses.Contains(special);

    /// <summary>Gives each parameter its value in the macro's scope; a default may use the parameters before it.</summary>
    public void Bind(Scope scope, Arguments arguments)
    {
        var budget = scope.Budget;
        budget.AllocateElements(parameters.Count);
        var positional = arguments.Positional;
        var named = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (key, value) in arguments.Named)
        {
            if (!named.TryAdd(key, value)) throw budget.Error($"{Title} got two values for argument '{key}'");
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, otherwise) = parameters[i];
            if (i < positional.Count && named.ContainsKey(parameter))
            {
                throw budget.Error($"{Title} got two values for argument '{parameter}'");
            }

            var value = i < positional.Count ? positional[i] : named.Remove(parameter, out var given) ? given : null;
            scope.Set(parameter, value ?? otherwise?.Evaluate(scope) ?? _missing[i]);
        }

        if (Uses("caller") && parameters.All(parameter => parameter.Name != "caller"))
        {
            scope.Set("caller", named.Remove("caller", out var caller) ? caller : new UndefinedValue("no caller defined"));
        }

        BindRest(scope, positional, named);
    }

    private void BindRest(Scope scope, IReadOnlyList<Value> positional, Dictionary<string, Value> named)
    {
        var budget = scope.Budget;
        if (Uses("kwargs"))
        {
            var rest = new DictValue(budget);
            foreach (var (key, value) in named) rest.Set(new StringValue(key), value);
            scope.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw budget.Error($"{Title} takes no keyword argument '{named.Keys.First()}'");
        }

        if (Uses("varargs")) scope.Set("varargs", new TupleValue([.. positional.Skip(parameters.Count)]));
        else if (positional.Count > parameters.Count)
        {
            throw budget.Error(string.Create(CultureInfo.InvariantCulture,
                $"{Title} takes not more than {parameters.Count} arguments ({positional.Count} given)"));
        }
    }
}

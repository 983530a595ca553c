using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>The arguments of a call as written: by position, by name, <c>*more</c> and <c>**named</c>.</summary>
internal sealed class ArgumentList(
    IReadOnlyList<Expression> positional,
    IReadOnlyList<(string Name, Expression Value)> named,
    Expression? more,
    Expression? moreNamed)
{
    public static readonly ArgumentList None = new([], [], null, null);

    public Arguments Evaluate(Scope scope)
    {
        if (ReferenceEquals(this, None)) return Arguments.None;
        var budget = scope.Budget;
        budget.Allocate(64 * (positional.Count + named.Count));
        var values = new List<Value>(positional.Count);
        foreach (var argument in positional) values.Add(argument.Evaluate(scope));
        var pairs = new List<KeyValuePair<string, Value>>(named.Count);
        foreach (var (name, value) in named) pairs.Add(new(name, value.Evaluate(scope)));
        if (more is not null)
        {
            var elements = more.Evaluate(scope).ToElements(budget);
            budget.AllocateElements(2 * elements.Count);
            values.AddRange(elements);
        }

        if (moreNamed is not null) pairs.AddRange(Spread(moreNamed.Evaluate(scope), budget));
        return new(values, pairs);
    }

    private static IEnumerable<KeyValuePair<string, Value>> Spread(Value value, Budget budget)
    {
        if (value is not DictValue dict) throw budget.Error($"the argument after ** must be a mapping, not {value.TypeName}");
        foreach (var (key, item) in dict.Entries)
        {
            budget.Step();
            var name = key is StringValue { Text: var text } ? text : throw budget.Error("keywords must be strings");
            yield return new(name, item);
        }
    }
}

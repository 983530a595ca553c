using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// Filters that choose or transform elements by another filter, a test or an attribute. They are lazy, as Jinja's are.
/// </summary>
internal static class SelectionFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "map", "*, **", Map },
        { "select", "*, **", (input, arguments, budget) => Select(input, arguments, budget, byAttribute: false, wanted: true) },
        { "reject", "*, **", (input, arguments, budget) => Select(input, arguments, budget, byAttribute: false, wanted: false) },
        { "selectattr", "*, **", (input, arguments, budget) =>
            Select(input, arguments, budget, byAttribute: true, wanted: true) },
        { "rejectattr", "*, **", (input, arguments, budget) =>
            Select(input, arguments, budget, byAttribute: true, wanted: false) },
    };

    private static GeneratorValue Map(Value input, BoundArguments arguments, Budget budget)
    {
        var elements = input.IsTrue ? input.IterateOrThrow(budget) : [];
        if (arguments.More.Count == 0)
        {
            Value? attribute = null, otherwise = null;
            foreach (var (name, value) in arguments.Named)
            {
                if (name == "attribute") attribute = value;
                else if (name == "default") otherwise = value;
                else throw budget.Error($"map: unexpected argument '{name}'");
            }

            if (attribute is null) throw budget.Error("map needs a filter or an attribute");
            var path = Members.ParsePath(attribute, budget);
            return new(elements.Select(element => Members.Path(element, path, otherwise, budget)));
        }

        var filter = Find(Filters.Table, arguments.More[0], "filter", budget);
        var rest = new Arguments([.. arguments.More.Skip(1)], arguments.Named);
        return new(elements.Select(element => filter.Invoke(element, rest, budget)));
    }

    private static GeneratorValue Select(Value input, BoundArguments arguments, Budget budget, bool byAttribute, bool wanted)
    {
        var elements = input.IsTrue ? input.IterateOrThrow(budget) : [];
        var more = arguments.More;
        if (byAttribute && more.Count == 0) throw budget.Error("the name of an attribute is missing");
        Value[] path = byAttribute ? Members.ParsePath(more[0], budget) : [];
        if (byAttribute) more = [.. more.Skip(1)];
        var test = more.Count > 0 ? Find(Tests.Table, more[0], "test", budget) : null;
        var rest = new Arguments([.. more.Skip(1)], arguments.Named);
        return new(elements.Where(element =>
        {
            budget.Step();
            var value = Members.Path(element, path, budget);
            return (test?.Invoke(value, rest, budget) ?? value).IsTrue == wanted;
        }));
    }

    private static Routine Find(RoutineTable table, Value name, string kind, Budget budget) =>
        table.Find(name.ToText(budget)) ?? throw budget.Error($"there is no {kind} named '{name.ToText(budget)}'");
}

using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters for values of any type.</summary>
internal static class ValueFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "attr", "name", (input, arguments, budget) =>
            {
                var name = arguments.Text(0, "");
                budget.EnsureDefined(input);
                return input.Attribute(name, budget) ?? UndefinedValue.Member(input, name);
            }
        },
        { "default", "default_value?, boolean?", (input, arguments, _) =>
            input is UndefinedValue || arguments.Flag(1) && !input.IsTrue ? arguments[0] ?? StringValue.Empty : input },
        { "d", "default" },
        { "length", "", (input, _, budget) => IntValue.Of(
            input.Length ?? throw budget.Error($"object of type '{input.TypeName}' has no len()")) },
        { "count", "length" },
        { "string", "", (input, _, budget) => input as StringValue ?? new StringValue(input.ToText(budget)) },
        { "tojson", "ensure_ascii?, indent?, separators?, sort_keys?", ToJson },
    };

    private static StringValue ToJson(Value input, BoundArguments arguments, Budget budget)
    {
        var indent = arguments[1] switch
        {
            null or NoneValue => null,
            StringValue { Text: var text } => text,
            _ => Spaces(arguments.Integer(1, 0), budget),
        };
        var (comma, colon) = (indent is null ? ", " : ",", ": ");
        if (arguments.IsGiven(2))
        {
            var given = arguments[2]!.ToElements(budget);
            (comma, colon) = given is [StringValue { Text: var first }, StringValue { Text: var second }]
                ? (first, second)
                : throw budget.Error("tojson: separators are a pair of strings");
        }

        var sink = new TextSink(budget);
        new JsonText(sink, arguments.Flag(0), indent, comma, colon, arguments.Flag(3)).Write(input);
        return sink.ToValue();
    }

    private static string Spaces(int count, Budget budget)
    {
        budget.AllocateText(Math.Max(count, 0));
        return new string(' ', Math.Max(count, 0));
    }
}

using Ashlar.Models.Templates.Operations;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>The tests of Jinja 3.1, as <c>is</c> and the selecting filters use them.</summary>
internal static class Tests
{
    public static readonly RoutineTable Table = new("test")
    {
        { "boolean", "", Is<BoolValue>() },
        { "callable", "", (input, _, _) => BoolValue.Of(input is CallableValue or UndefinedValue) },
        { "defined", "", (input, _, _) => BoolValue.Of(input is not UndefinedValue) },
        { "undefined", "", Is<UndefinedValue>() },
        { "divisibleby", "num", (input, arguments, budget) =>
            BoolValue.Of(!Arithmetic.Modulo(Number(input, budget), arguments[0]!, budget).IsTrue) },
        { "escaped", "", (input, _, _) => BoolValue.Of(input is StringValue { IsMarkup: true }) },
        { "even", "", (input, _, budget) =>
            BoolValue.Of(!Arithmetic.Modulo(Number(input, budget), IntValue.Of(2), budget).IsTrue) },
        { "odd", "", (input, _, budget) =>
            BoolValue.Of(Arithmetic.Modulo(Number(input, budget), IntValue.Of(2), budget).EqualTo(IntValue.Of(1), budget)) },
        { "false", "", (input, _, _) => BoolValue.Of(input is BoolValue { IsTrue: false }) },
        { "true", "", (input, _, _) => BoolValue.Of(input is BoolValue { IsTrue: true }) },
        { "filter", "", (input, _, budget) => BoolValue.Of(Filters.Table.Find(input.ToText(budget)) is not null) },
        { "test", "", (input, _, budget) => BoolValue.Of(Exists(input.ToText(budget))) },
        { "float", "", Is<FloatValue>() },
        { "integer", "", Is<IntValue>() },
        { "number", "", (input, _, _) => BoolValue.Of(Numbers.IsNumber(input)) },
        { "in", "seq", (input, arguments, budget) => BoolValue.Of(Comparison.Contains(arguments[0]!, input, budget)) },
        { "iterable", "", (input, _, budget) => BoolValue.Of(input.Iterate(budget) is not null) },
        { "lower", "", (input, _, budget) => BoolValue.Of(StringCases.IsLower(input.ToText(budget), budget)) },
        { "upper", "", (input, _, budget) => BoolValue.Of(StringCases.IsUpper(input.ToText(budget), budget)) },
        { "mapping", "", Is<DictValue>() },
        { "none", "", Is<NoneValue>() },
        { "sameas", "other", (input, arguments, budget) => BoolValue.Of(IsSame(input, arguments[0]!, budget)) },
        { "sequence", "", (input, _, _) => BoolValue.Of(input is SequenceValue or StringValue or DictValue or UndefinedValue) },
        { "string", "", Is<StringValue>() },
        { "eq", "other", (input, arguments, budget) => BoolValue.Of(input.EqualTo(arguments[0]!, budget)) },
        { "ne", "other", (input, arguments, budget) => BoolValue.Of(!input.EqualTo(arguments[0]!, budget)) },
        { "lt", "other", (input, arguments, budget) => BoolValue.Of(Comparison.IsLess(input, arguments[0]!, budget)) },
        { "le", "other", (input, arguments, budget) => BoolValue.Of(Comparison.IsAtMost(input, arguments[0]!, budget)) },
        { "gt", "other", (input, arguments, budget) => BoolValue.Of(Comparison.IsGreater(input, arguments[0]!, budget)) },
        { "ge", "other", (input, arguments, budget) => BoolValue.Of(Comparison.IsAtLeast(input, arguments[0]!, budget)) },
        { "equalto", "eq" },
        { "==", "eq" },
        { "!=", "ne" },
        { "<", "lt" },
        { "lessthan", "lt" },
        { "<=", "le" },
        { ">", "gt" },
        { "greaterthan", "gt" },
        { ">=", "ge" },
    };

    private static RoutineBody Is<T>() where T : Value => (input, _, _) => BoolValue.Of(input is T);

    private static bool Exists(string name) => Table.Find(name) is not null;

    private static Value Number(Value input, Budget budget) => Numbers.IsNumber(input)
        ? input
        : throw budget.Error(input, $"the test needs a number, not {input.TypeName}");

    /// <summary>Identity; numbers and texts have none here, so equal ones of one type are the same.</summary>
    private static bool IsSame(Value input, Value other, Budget budget) => ReferenceEquals(input, other)
        || input.GetType() == other.GetType() && input is IntValue or FloatValue or StringValue && input.EqualTo(other, budget);
}

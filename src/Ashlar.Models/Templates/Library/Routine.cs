using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// The work of a filter, test, method or function; a filter's or test's input and a method's owner is <paramref
/// name="self"/>.
/// </summary>
internal delegate Value RoutineBody(Value self, BoundArguments arguments, Budget budget);

/// <summary>A built-in filter, test, method or function: its name, its parameters, its work.</summary>
internal sealed class Routine(string kind, string name, string parameters, RoutineBody body)
{
    private readonly Signature _signature = new(parameters);
    private readonly string _title = $"{kind} '{name}'";

    public string Name => name;

    public Value Invoke(Value self, Arguments arguments, Budget budget)
    {
        budget.Step();
        return body(self, _signature.Bind(_title, arguments, budget), budget);
    }
}

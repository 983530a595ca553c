using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>A built-in function, or a built-in method together with the value it was taken from.</summary>
internal sealed class RoutineValue(Routine routine, Value self) : CallableValue(routine.Name)
{
    public override Value Call(Arguments arguments, Budget budget) => routine.Invoke(self, arguments, budget);
}

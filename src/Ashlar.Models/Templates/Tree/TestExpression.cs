using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>input is test(arguments)</c>.</summary>
internal sealed class TestExpression(Position at, Expression input, Routine test, ArgumentList arguments) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var value = input.Evaluate(scope);
        return test.Invoke(value, arguments.Evaluate(scope), scope.Budget);
    }
}

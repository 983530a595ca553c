using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class DictExpression(Position at, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var dict = new DictValue(scope.Budget);
        foreach (var (key, value) in entries) dict.Set(key.Evaluate(scope), value.Evaluate(scope));
        return dict;
    }
}

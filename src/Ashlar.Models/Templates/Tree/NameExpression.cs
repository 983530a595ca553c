using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class NameExpression(Position at, string name) : Expression(at)
{
    private readonly UndefinedValue _undefined = UndefinedValue.Name(name);

    protected override Value Compute(Scope scope) => scope.Find(name) ?? _undefined;
}

using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class Literal(Position at, Value value) : Expression(at)
{
    protected override Value Compute(Scope scope) => value;
}

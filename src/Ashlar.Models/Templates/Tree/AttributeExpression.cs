using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>owner.name</c>: an attribute or method, else the element under that key.</summary>
internal sealed class AttributeExpression(Position at, Expression owner, string name) : Expression(at)
{
    private readonly StringValue _key = new(name);

    protected override Value Compute(Scope scope) => Members.Attribute(owner.Evaluate(scope), _key, scope.Budget);
}

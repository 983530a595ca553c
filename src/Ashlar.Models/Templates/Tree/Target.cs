using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>What can be assigned to.</summary>
internal abstract class Target(Position at)
{
    public Position At => at;

    public abstract void Assign(Scope scope, Value value);
}

/// <summary>A name in the current scope.</summary>
internal sealed class NameTarget(Position at, string name) : Target(at)
{
    public override void Assign(Scope scope, Value value) => scope.Set(name, value);
}

/// <summary>An attribute of a namespace.</summary>
internal sealed class AttributeTarget(Position at, string owner, string attribute) : Target(at)
{
    public override void Assign(Scope scope, Value value)
    {
        scope.Budget.At = At;
        switch (scope.Find(owner))
        {
            case NamespaceValue space:
                space.Set(attribute, value, scope.Budget);
                break;
            case null:
                throw scope.Budget.Error($"'{owner}' is undefined");
            case var other:
                throw scope.Budget.Error(
                    $"cannot assign attribute '{attribute}' of '{owner}': it is a {other.TypeName}, not a namespace");
        }
    }
}

/// <summary>Several targets that share the elements of one value.</summary>
internal sealed class TupleTarget(Position at, IReadOnlyList<Target> targets) : Target(at)
{
    public override void Assign(Scope scope, Value value)
    {
        var budget = scope.Budget;
        budget.EnsureStack();
        budget.Step(targets.Count);
        budget.At = At;
        budget.EnsureDefined(value);
        var elements = value.ToElements(budget);
        if (elements.Count != targets.Count)
        {
            throw budget.Error($"cannot unpack {elements.Count} values into {targets.Count} names");
        }

        for (var i = 0; i < targets.Count; i++) targets[i].Assign(scope, elements[i]);
    }
}

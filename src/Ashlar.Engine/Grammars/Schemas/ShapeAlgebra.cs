namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// Shapes combined. Scalars are exact in every way. Intersections and unions of arrays and objects are exact too; their
/// complement is found where it can be said again as bounds, items and properties, and is an error elsewhere.
/// </summary>
internal sealed class ShapeAlgebra(SchemaDocument document, CompileBudget budget)
{
    public Shape And(Shape left, Shape right, string pointer)
    {
        if (left.IsAny) return right;
        if (right.IsAny) return left;
        List<ArrayShape> arrays = [];
        List<ObjectShape> objects = [];
        foreach (var a in left.Arrays)
        {
            foreach (var b in right.Arrays)
            {
                budget.Spend(20 + a.Prefix.Count + b.Prefix.Count);
                var twoContains = document.Error(pointer, "two different 'contains' meet here, which is not supported; keep one");
                if (ArrayShape.And(a, b, twoContains) is { } both) arrays.Add(both);
            }
        }

        foreach (var a in left.Objects)
        {
            foreach (var b in right.Objects)
            {
                budget.Spend(20 + a.Properties.Count + b.Properties.Count);
                if (ObjectShape.And(a, b, budget) is { } both) objects.Add(both);
            }
        }

        return Checked(pointer, new Shape
        {
            Null = left.Null && right.Null,
            True = left.True && right.True,
            False = left.False && right.False,
            Numbers = left.Numbers.And(right.Numbers, budget),
            Strings = left.Strings.And(right.Strings, budget),
            Arrays = arrays,
            Objects = objects,
        });
    }

    public Shape Or(Shape left, Shape right, string pointer) => Checked(pointer, new Shape
    {
        Null = left.Null || right.Null,
        True = left.True || right.True,
        False = left.False || right.False,
        Numbers = left.Numbers.Or(right.Numbers, budget),
        Strings = left.Strings.Or(right.Strings, budget),
        Arrays = left.Arrays.Concat(right.Arrays).FirstOrDefault(shape => shape.IsAny) is { } anyArray
            ? [anyArray]
            : [.. left.Arrays.Union(right.Arrays)],
        Objects = left.Objects.Concat(right.Objects).FirstOrDefault(shape => shape.IsAny) is { } anyObject
            ? [anyObject]
            : [.. left.Objects.Union(right.Objects)],
    });

    /// <summary>All other values.</summary>
    /// <exception cref="GrammarException">The complement of an array or object cannot be said.</exception>
    public Shape Not(Shape shape, string pointer)
    {
        var others = new Shape
        {
            Null = !shape.Null,
            True = !shape.True,
            False = !shape.False,
            Numbers = shape.Numbers.Not(budget),
            Strings = shape.Strings.Not(budget),
            Arrays = Shape.Any.Arrays,
            Objects = Shape.Any.Objects,
        };
        foreach (var array in shape.Arrays) others = And(others, Shape.Any with { Arrays = NotArray(array, pointer) }, pointer);
        foreach (var item in shape.Objects) others = And(others, Shape.Any with { Objects = NotObject(item, pointer) }, pointer);
        return others;
    }

    /// <summary>Whether it is certain that no value belongs to both.</summary>
    public bool AreDisjoint(Shape left, Shape right, Func<Goal, Shape> shapeOf, int depth = 0)
    {
        budget.Spend(20);
        if ((left.Null && right.Null) || (left.True && right.True) || (left.False && right.False)) return false;
        return left.Numbers.And(right.Numbers, budget).IsEmpty
            && left.Strings.And(right.Strings, budget).IsEmpty
            && left.Arrays.All(a => right.Arrays.All(b => AreDisjoint(a, b, shapeOf, depth)))
            && left.Objects.All(a => right.Objects.All(b => AreDisjoint(a, b, shapeOf, depth)));
    }

    private bool AreDisjoint(ArrayShape left, ArrayShape right, Func<Goal, Shape> shapeOf, int depth)
    {
        if (left.Min > right.Max || right.Min > left.Max) return true;
        var certain = Math.Min(32, Math.Max(left.Min, right.Min)); // so many items both have
        for (var i = 0; i < certain; i++)
        {
            if (AreDisjoint(left.ItemAt(i), right.ItemAt(i), shapeOf, depth)) return true;
        }

        return false;
    }

    private bool AreDisjoint(ObjectShape left, ObjectShape right, Func<Goal, Shape> shapeOf, int depth)
    {
        if (left.Min > right.Max || right.Min > left.Max) return true;
        foreach (var name in left.Properties.Concat(right.Properties).Where(property => property.Required)
            .Select(property => property.Name).Distinct())
        {
            if (AreDisjoint(left.GoalOf(name), right.GoalOf(name), shapeOf, depth)) return true;
        }

        return false;
    }

    private bool AreDisjoint(Goal left, Goal right, Func<Goal, Shape> shapeOf, int depth) =>
        left.IsNone || right.IsNone
        || (depth < 6 && !left.IsAny && !right.IsAny && AreDisjoint(shapeOf(left), shapeOf(right), shapeOf, depth + 1));

    private List<ArrayShape> NotArray(ArrayShape array, string pointer)
    {
        if (array.Unique || array.Contains is not null || !(array.Rest.IsAny || array.Max is not null))
        {
            throw document.Error(pointer, "the complement of an array's items cannot be compiled; say what is allowed instead");
        }

        List<ArrayShape> others = [];
        if (array.Min > 0) others.Add(new() { Max = array.Min - 1 });
        if (array.Max is { } max) others.Add(new() { Min = max + 1 });
        var length = array.Rest.IsAny ? array.Prefix.Count : (int)Math.Min(array.Max!.Value, GrammarLimits.Alternatives + 1);
        for (var i = 0; i < length; i++)
        {
            if (array.ItemAt(i).IsAny) continue;
            Goal[] prefix = [.. Enumerable.Repeat(Goal.Any, i), document.Not(array.ItemAt(i), pointer)];
            others.Add(new() { Prefix = prefix, Min = i + 1 });
        }

        return others;
    }

    private List<ObjectShape> NotObject(ObjectShape item, string pointer)
    {
        if (item.Others is not [{ Names.IsAll: true, Goal.IsAny: true }])
        {
            throw document.Error(
                pointer, "the complement of an object's further properties cannot be compiled; say what is allowed instead");
        }

        List<ObjectShape> others = [];
        if (item.Min > 0) others.Add(ObjectShape.Any with { Max = item.Min - 1 });
        if (item.Max is { } max) others.Add(ObjectShape.Any with { Min = max + 1 });
        foreach (var property in item.Properties)
        {
            if (property.Required && ObjectShape.Any.With(property.Name, Goal.None, false) is { } without) others.Add(without);
            if (property.Goal.IsAny) continue;
            if (ObjectShape.Any.With(property.Name, document.Not(property.Goal, pointer), true) is { } with) others.Add(with);
        }

        return others;
    }

    private Shape Checked(string pointer, Shape shape) =>
        shape.Arrays.Count <= GrammarLimits.Alternatives && shape.Objects.Count <= GrammarLimits.Alternatives
            ? shape
            : throw document.Error(pointer, FormattableString.Invariant(
                $"allOf, anyOf and oneOf multiply to more than {GrammarLimits.Alternatives} alternatives; make them fewer"));
}

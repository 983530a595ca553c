namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// What a value must satisfy: every schema of a set, by their numbers in a <see cref="SchemaDocument"/>. Goals are equal when
/// their sets are, so that schemas which meet again and again (recursion, intersections of recursion) are compiled once.
/// </summary>
internal sealed class Goal : IEquatable<Goal>
{
    private readonly int[] _schemas;
    private readonly int _hash;

    private Goal(int[] schemas)
    {
        _schemas = schemas;
        var hash = default(HashCode);
        foreach (var schema in schemas) hash.Add(schema);
        _hash = hash.ToHashCode();
    }

    /// <summary>Any value at all.</summary>
    public static Goal Any { get; } = new([]);

    /// <summary>No value.</summary>
    public static Goal None { get; } = new([SchemaDocument.False]);

    public ReadOnlySpan<int> Schemas => _schemas;

    public bool IsAny => _schemas.Length == 0;

    public bool IsNone => _schemas is [SchemaDocument.False, ..];

    public static Goal Of(int schema) => new([schema]);

    public static Goal And(Goal left, Goal right) =>
        left.IsAny || right.IsNone ? right
        : right.IsAny || left.IsNone ? left
        : new([.. left._schemas.Union(right._schemas).Order()]);

    public bool Equals(Goal? other) =>
        other is not null && _hash == other._hash && _schemas.AsSpan().SequenceEqual(other._schemas);

    public override bool Equals(object? obj) => Equals(obj as Goal);

    public override int GetHashCode() => _hash;
}

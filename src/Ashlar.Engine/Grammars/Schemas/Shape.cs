namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>A set of JSON values, type by type; arrays and objects are unions of shapes.</summary>
internal sealed record Shape
{
    public static Shape None { get; } = new();

    public static Shape Any { get; } = new()
    {
        Null = true,
        True = true,
        False = true,
        Numbers = NumberSet.All,
        Strings = StringSet.All,
        Arrays = [ArrayShape.Any],
        Objects = [ObjectShape.Any],
    };

    public bool Null { get; init; }

    public bool True { get; init; }

    public bool False { get; init; }

    public NumberSet Numbers { get; init; } = NumberSet.None;

    public StringSet Strings { get; init; } = StringSet.None;

    public IReadOnlyList<ArrayShape> Arrays { get; init; } = [];

    public IReadOnlyList<ObjectShape> Objects { get; init; } = [];

    /// <summary>Whether plainly no value belongs.</summary>
    public bool IsEmpty =>
        !Null && !True && !False && Numbers.IsEmpty && Strings.IsEmpty && Arrays.Count == 0 && Objects.Count == 0;

    /// <summary>Whether every value belongs.</summary>
    public bool IsAny => this is { Null: true, True: true, False: true, Numbers.Values: null, Strings.IsAll: true }
        && this is { Arrays: [{ IsAny: true }], Objects: [{ IsAny: true }] };
}

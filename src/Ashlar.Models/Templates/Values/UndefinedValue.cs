namespace Ashlar.Models.Templates.Values;

/// <summary>
/// What a missing name, key or attribute gives: empty where it is printed, tested or iterated, an error where it is used.
/// </summary>
internal sealed class UndefinedValue(string message) : Value
{
    // A name may be any text that the template made, and every undefined value keeps its own message.
    private const int LongestName = 100;

    /// <summary>Why it is undefined, in the words an error needs.</summary>
    public string Message => message;

    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    public override int? Length => 0;

    public static UndefinedValue Name(string name) => new($"'{name}' is undefined");

    public static UndefinedValue Member(Value owner, string name) =>
        new($"'{Describe(owner)}' has no attribute '{(name.Length <= LongestName ? name : name[..LongestName] + "...")}'");

    public static UndefinedValue Element(Value owner, Value key, Budget budget) => key is StringValue name
        ? Member(owner, name.Text)
        : new($"{Describe(owner)} has no element {key.ToRepr(budget)}");

    public override void WriteText(TextSink sink)
    {
    }

    public override void WriteRepr(TextSink sink) => sink.Append("Undefined");

    public override IEnumerable<Value> Iterate(Budget budget) => [];

    public override bool EqualTo(Value other, Budget budget) => other is UndefinedValue;

    public override int Hash(Budget budget) => 0;

    private static string Describe(Value owner) => owner is NoneValue ? "None" : owner.TypeName + " object";
}

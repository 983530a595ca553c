namespace Ashlar.Engine.Tests.Grammars;

/// <summary>Random regular expressions that .NET and ECMA-262 read alike.</summary>
internal static class RandomPattern
{
    private static readonly string[] Atoms =
        ["a", "b", "c", "[a-c]", "[^a-c]", "x", "\\d", "é", "[b-e0-3]", "日", "\\.", "-", "\"", "[A-Z]", " ", "(?:ab|ba)", "\\w"];

    public static string Anchored(Random random, int depth) => $"^(?:{Any(random, depth)})$";

    public static string Any(Random random, int depth)
    {
        if (depth == 0) return Atoms[random.Next(Atoms.Length)];
        return random.Next(6) switch
        {
            0 => $"(?:{Any(random, depth - 1)}|{Any(random, depth - 1)})",
            1 => $"(?:{Any(random, depth - 1)}){((string[])["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"])[random.Next(7)]}",
            _ => Any(random, depth - 1) + Any(random, depth - 1),
        };
    }
}

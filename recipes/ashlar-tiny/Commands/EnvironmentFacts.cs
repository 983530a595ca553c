namespace Ashlar.Tiny.Commands;

/// <summary>
/// The environment variables that the program reads. It has no list of them to read these from; a test holds them against the source.
/// </summary>
internal static class EnvironmentFacts
{
    private static readonly (string Name, string Use)[] Known =
    [
        ("ASHLAR_HOME", "the folder that holds what outlives a command"),
        ("ASHLAR_ISA", "the instruction set that kernels are made of"),
        ("ASHLAR_NOW", "the moment that chat templates take for now"),
        ("ASHLAR_API_KEY", "the key that requests to the server must carry"),
        ("ASHLAR_TLS_PASSWORD", "the password of the server's certificate"),
        ("ASHLAR_PEER_KEY", "the key of the peer that is asked for keys and values"),
    ];

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => Known.Select(variable => variable.Name);

    /// <summary>Both ways to ask.</summary>
    public static IEnumerable<Fact> All() => Known.SelectMany(variable => (Fact[])
    [
        new("variable-use", [("var", variable.Name)], $"It sets {variable.Use}."),
        new("variable", [("use", variable.Use)], variable.Name),
    ]);
}

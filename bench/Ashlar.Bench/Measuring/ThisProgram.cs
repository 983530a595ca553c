namespace Ashlar.Bench.Measuring;

/// <summary>This program: how it is started once more, and the checkout that it was built in.</summary>
internal static class ThisProgram
{
    /// <summary>The words that start it, before a command.</summary>
    public static IReadOnlyList<string> Words { get; } = [Environment.ProcessPath!, .. Assembly()];

    /// <summary>
    /// The folder of another implementation, <c>bench/peers/NAME</c>; null where the program lies outside of a checkout.
    /// </summary>
    public static string? PeerFolder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var peer = Path.Combine(folder.FullName, "bench", "peers", name);
            if (Directory.Exists(peer)) return peer;
        }

        return null;
    }

    // Where dotnet runs the program, it wants to be told which.
    private static string[] Assembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
}

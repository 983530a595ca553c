namespace Ashlar.Testing;

/// <summary>Where the conformance data lie: what other implementations say the right answer is.</summary>
internal static class Conformance
{
    private static readonly string? Root = Find();

    /// <summary>Whether the data are there.</summary>
    public static bool IsPresent => Root is not null;

    /// <summary>The full path of a conformance file or folder; skips the calling test where the data are absent.</summary>
    public static string Path(params string[] parts)
    {
        if (Root is null)
        {
            Assert.Skip("conformance data absent: put them in ../shared/conformance beside the checkout, "
                + "or name their folder in ASHLAR_CONFORMANCE");
        }

        return System.IO.Path.Combine([Root, .. parts]);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ASHLAR_CONFORMANCE") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Ashlar.slnx")))
            {
                // A worktree may lie one folder deeper than the main checkout; look beside each ancestor.
                for (var above = folder.Parent; above is not null; above = above.Parent)
                {
                    var candidate = System.IO.Path.Combine(above.FullName, "shared", "conformance");
                    if (Directory.Exists(candidate)) return candidate;
                }
            }
        }

        return null;
    }
}

namespace Ashlar.Server.Catalog;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // what Linux follows

    /// <summary>The path without links; parts that are not there stay as they are.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    public static string Of(string path)
    {
        var real = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Parts(path, real).Reverse());
        for (var links = 0; rest.TryPop(out var part);)
        {
            var next = Path.GetFullPath(part, real); // which may be '..' behind a link
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks) throw new IOException($"'{path}' leads through more than {MostLinks} links");
            if (Path.IsPathRooted(target)) real = Path.GetPathRoot(target)!;
            foreach (var step in Parts(target, Path.GetPathRoot(target) ?? "").Reverse()) rest.Push(step);
        }

        return real;
    }

    private static string[] Parts(string path, string root) => path[root.Length..].Split(
        [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}

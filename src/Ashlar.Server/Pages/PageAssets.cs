namespace Ashlar.Server.Pages;

/// <summary>The scripts, styles and images of the pages; they are parts of the program.</summary>
internal sealed class PageAssets
{
    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.Ordinal)
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private readonly Dictionary<string, PageContent> _contents = new(StringComparer.Ordinal);

    public PageAssets()
    {
        var assembly = typeof(PageAssets).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!MediaTypes.TryGetValue(Path.GetExtension(name), out var mediaType)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            _contents.Add(name, PageContent.Of(mediaType, bytes));
        }
    }

    /// <summary>The asset of a name; null where there is none.</summary>
    public PageContent? Find(string name) => _contents.GetValueOrDefault(name);
}

using Ashlar.Server.Errors;

namespace Ashlar.Server.Catalog;

/// <summary>
/// The folder that requests may load adapters from. A path is looked at only once it is known to lie in it, and again once all
/// links are followed: those on the way, and those that an adapter's own folder holds.
/// </summary>
internal sealed class AdapterFolder(string root)
{
    private const string Field = "lora_path";
    private const int MostEntries = 1000; // of an adapter's folder

    private readonly string _given = Path.GetFullPath(root);
    private readonly string _real = RealPath.Of(Path.GetFullPath(root));

    /// <summary>The place that a request's path means, without links.</summary>
    /// <param name="path">A full path, or one from this folder on.</param>
    /// <exception cref="ApiException">It lies outside, or there is nothing.</exception>
    public string Resolve(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw FieldErrors.WrongValue(Field, "no path", "the path of a GGUF file or of a folder that PEFT wrote");
        }

        var full = Path.GetFullPath(path, _given);
        if (!IsInside(full, _given) && !IsInside(full, _real)) throw Outside(path);
        try
        {
            var real = RealPath.Of(full);
            if (!IsInside(real, _real)) throw Outside(path);
            if (Directory.Exists(real)) CheckEntries(real, path);
            else if (!File.Exists(real)) throw NotThere(path);
            return real;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotThere(path); // links that lead nowhere, names that are too long
        }
    }

    private void CheckEntries(string folder, string path)
    {
        var count = 0;
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (!IsInside(RealPath.Of(entry), _real)) throw Outside(path);
            if (++count <= MostEntries) continue;
            throw FieldErrors.WrongValue(Field, $"a folder of more than {MostEntries} files", "the folder of one adapter");
        }
    }

    private static bool IsInside(string path, string folder) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static ApiException NotThere(string path) => FieldErrors.Wrong(
        Field, "adapter_not_found", $"there is nothing at '{path}'; give the path of a GGUF file or of a folder that PEFT wrote");

    private static ApiException Outside(string path) => new(new(
        403,
        ApiError.InvalidRequest,
        "adapter_path_forbidden",
        $"'{path}' is not in the folder that adapters are loaded from; put it there, or start the server with another --lora-dir",
        Field));
}

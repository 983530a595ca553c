namespace Ashlar.Models.Storage;

/// <summary>Files that pass into what is read from them.</summary>
internal static class Ownership
{
    /// <summary>
    /// What <paramref name="read"/> makes of a file, which it owns from then on; the file is disposed where reading fails.
    /// </summary>
    public static T HandTo<TFile, T>(this TFile file, Func<TFile, T> read) where TFile : IDisposable
    {
        try
        {
            return read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

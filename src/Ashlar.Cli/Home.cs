namespace Ashlar.Cli;

/// <summary>
/// The folder that holds what outlives a command: <c>ASHLAR_HOME</c>, by default <c>ashlar</c> in the user's data folder.
/// </summary>
internal static class Home
{
    private const Environment.SpecialFolder UserData = Environment.SpecialFolder.LocalApplicationData;

    public static string Path { get; } = Environment.GetEnvironmentVariable("ASHLAR_HOME") is { Length: > 0 } named
        ? System.IO.Path.GetFullPath(named)
        : System.IO.Path.Combine(Environment.GetFolderPath(UserData, Environment.SpecialFolderOption.DoNotVerify), "ashlar");

    /// <summary>Bytes that its disk has free; null where it cannot be told.</summary>
    public static long? FreeBytes()
    {
        try
        {
            var folder = new DirectoryInfo(Path);
            while (folder is { Exists: false, Parent: { } parent }) folder = parent;
            return new DriveInfo(folder.FullName).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

using Ashlar.Models.Storage;

namespace Ashlar.Models.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string[] Files =>
        [.. Directory.GetFiles(Path.GetDirectoryName(_folder.File("x"))!).Select(path => Path.GetFileName(path)).Order()];

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_beside_it()
    {
        File.WriteAllText(_folder.File("file"), "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(_folder.File("file"), _ => throw new IOException("the disk is full")));
        Assert.Equal("old", File.ReadAllText(_folder.File("file")));
        Assert.Equal(["file"], Files);
    }

    [Theory]
    [InlineData("old")]
    [InlineData("")]
    [InlineData(null)]
    public void A_link_stays_a_link_and_what_it_leads_to_is_written(string? old)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows makes links for administrators only; run this on Linux or macOS");
        if (old is not null) File.WriteAllText(_folder.File("file"), old);
        File.CreateSymbolicLink(_folder.File("link"), "file");
        AtomicFile.Write(_folder.File("link"), stream => stream.Write("new"u8));
        Assert.Equal("file", new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder.File("file")));
        Assert.Equal(["file", "link"], Files);
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no devices among its files; run this on Linux or macOS");
        // Through a link in a folder of our own: should this fail, only the link is lost.
        File.CreateSymbolicLink(_folder.File("device"), "/dev/null");
        AtomicFile.Write(_folder.File("device"), stream => stream.Write("new"u8));
        Assert.Equal("/dev/null", new FileInfo(_folder.File("device")).LinkTarget);
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    public void Dispose() => _folder.Dispose();
}

using System.Diagnostics;
using Ashlar.Training.Checkpoints;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Training;

namespace Ashlar.Training.Tests.Checkpoints;

public class FullDiskTests
{
    [Fact]
    public void A_full_disk_is_named_with_the_last_good_checkpoint_which_can_be_gone_on_from()
    {
        using var folder = new TemporaryFolder();
        var disk = Directory.CreateDirectory(folder.Of("disk")).FullName;
        Assert.SkipUnless(Try("mount", "-t", "tmpfs", "-o", "size=3m", "none", disk), "no file system can be mounted here");
        try
        {
            var settings = new Dictionary<string, string>();
            using var trainer = TinyRun.Trainer(folder, TinyRun.Options());
            using var store = new CheckpointStore(Path.Combine(disk, "checkpoints"), keep: 100);
            var error = Assert.Throws<IOException>(() =>
            {
                for (var step = 0; step < 100; step++)
                {
                    trainer.Step();
                    store.Save(trainer, settings);
                }
            });
            Assert.NotNull(store.LastGood);
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            Assert.Contains(store.LastGood, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(disk, "checkpoints")),
                path => path.Contains("unfinished", StringComparison.Ordinal));

            using var next = TinyRun.Trainer(folder, TinyRun.Options());
            using var again = new CheckpointStore(Path.Combine(disk, "checkpoints"), keep: 100);
            Assert.NotNull(again.Restore(next, settings, message => Assert.Fail(message)));
            Assert.Equal(store.LastGood, again.LastGood);
        }
        finally
        {
            Try("umount", disk);
        }
    }

    private static bool Try(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return false;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

using Ashlar.Training.Checkpoints;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Training;

namespace Ashlar.Training.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private static readonly Dictionary<string, string> Settings = new() { ["seed"] = "5" };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _skipped = [];

    [Fact]
    public void A_run_that_goes_on_from_a_checkpoint_ends_with_the_bits_of_one_that_was_never_stopped()
    {
        var options = TinyRun.Options() with { Dropout = 0.1, Average = 0.9, Accumulation = 2 };
        using var whole = TinyRun.Trainer(_folder, options, hasEarly: true);
        for (var step = 0; step < 12; step++) whole.Step();

        using (var first = TinyRun.Trainer(_folder, options, hasEarly: true))
        using (var store = Store())
        {
            for (var step = 0; step < 7; step++) first.Step();
            store.Save(first, Settings);
            for (var step = 0; step < 3; step++) first.Step(); // while it is written
        }

        using var second = TinyRun.Trainer(_folder, options, hasEarly: true);
        Assert.Equal(7, Store().Restore(second, Settings, _skipped.Add));
        for (var step = 0; step < 5; step++) second.Step();
        Assert.Equal(whole.Parameters.Values.AsSpan<byte>().ToArray(), second.Parameters.Values.AsSpan<byte>().ToArray());
        Assert.Equal(whole.Average!.Values.AsSpan<byte>().ToArray(), second.Average!.Values.AsSpan<byte>().ToArray());
        Assert.Equal(whole.Position.Taken, second.Position.Taken);
    }

    [Fact]
    public void Only_the_last_ones_are_kept()
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options());
        using (var store = Store(keep: 2)) SaveEach(trainer, store, 4);
        Assert.Equal(["step-000000003", "step-000000004"],
            Directory.GetDirectories(_folder.Of("checkpoints")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("optimizer.mean.safetensors")]
    [InlineData("state.json")]
    [InlineData("manifest.json")]
    public void A_damaged_one_is_named_and_the_one_before_is_taken(string file)
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options());
        using (var store = Store()) SaveEach(trainer, store, 2);
        var path = Path.Combine(_folder.Of("checkpoints"), "step-000000002", file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(1, Store().Restore(trainer, Settings, _skipped.Add));
        Assert.Contains("step-000000002", Assert.Single(_skipped), StringComparison.Ordinal);

        File.Delete(path);
        Assert.Equal(1, Store().Restore(trainer, Settings, _skipped.Add));
    }

    [Fact]
    public void What_was_left_unfinished_is_no_checkpoint()
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options());
        using (var store = Store()) SaveEach(trainer, store, 1);
        Directory.Move(Path.Combine(_folder.Of("checkpoints"), "step-000000001"),
            Path.Combine(_folder.Of("checkpoints"), "unfinished-step-000000001"));
        Assert.Null(Store().Restore(trainer, Settings, _skipped.Add));
        Assert.Empty(_skipped);
    }

    [Fact]
    public void Other_settings_are_an_error_that_names_them()
    {
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options());
        using (var store = Store()) SaveEach(trainer, store, 1);
        var error = Assert.Throws<InvalidDataException>(
            () => Store().Restore(trainer, new Dictionary<string, string> { ["seed"] = "6" }, _skipped.Add));
        Assert.Contains("seed = 5", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void SaveEach(Trainer trainer, CheckpointStore store, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            trainer.Step();
            store.Save(trainer, Settings);
        }

        store.Complete();
    }

    private CheckpointStore Store(int keep = 3) => new(_folder.Of("checkpoints"), keep);
}

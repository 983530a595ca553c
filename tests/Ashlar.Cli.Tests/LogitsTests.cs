using System.Runtime.InteropServices;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class LogitsTests
{
    private const string Tokens = "1 17 93 5 64 120 33 2 77 101 9 48 56 110 3 29 88 71 14 99 62 40 7 125 11 83 36 54 19 105 66 23";

    [Fact]
    public async Task Logits_of_every_position_agree_with_the_reference()
    {
        using var folder = new TemporaryFolder();
        var outcome = await AshlarProcess.Run(
            "logits", Conformance.Path("architectures", "qwen3-dense.gguf"), "--tokens", Tokens,
            "--out", folder.File("logits.f32"));
        Assert.Equal("", outcome.Done().Text);
        var expected = Floats(Conformance.Path("architectures", "qwen3-dense.logits.f32"));
        var actual = Floats(folder.File("logits.f32"));
        Assert.Equal(expected.Length, actual.Length);
        var error = expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum() / expected.Sum(e => Math.Pow(e, 2));
        Assert.InRange(error, 0, 1e-5);
    }

    [Fact]
    public async Task Chunks_of_a_long_sequence_lie_one_behind_the_other()
    {
        using var folder = new TemporaryFolder();
        var ids = Enumerable.Range(0, 150).Select(i => i * 7 % 1000).ToArray();
        await Write(ids, "all");
        await Write(ids[..70], "beginning");
        var (all, beginning) = (await ReadAll("all"), await ReadAll("beginning"));
        Assert.Equal(150 * 1024 * sizeof(float), all.Length);
        Assert.Equal(beginning, all[..beginning.Length]);

        async Task Write(int[] tokens, string name)
        {
            var outcome = await AshlarProcess.Run(
                "logits", "synthetic:llama-tiny:f32", "--tokens", string.Join(',', tokens), "--out", folder.File(name));
            outcome.Done();
        }

        Task<byte[]> ReadAll(string name) => File.ReadAllBytesAsync(folder.File(name), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_model_itself_is_not_overwritten()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows guards a mapped file itself; run this on Linux or macOS");
        var bytes = await File.ReadAllBytesAsync(
            Conformance.Path("architectures", "qwen3-dense.gguf"), TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        var model = folder.Write("model.gguf", bytes);
        var outcome = await AshlarProcess.Run("logits", model, "--tokens", "1 2 3", "--out", model);
        outcome.Failed(1, "--out", "model.gguf");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(model, TestContext.Current.CancellationToken));
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
}

using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Gguf;

public sealed class DamagedGgufTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_ends_too_early_is_found_at_every_byte()
    {
        var good = Good(seed: 3, bigEndian: false);
        for (var length = 0; length < good.Length; length++)
        {
            var path = _folder.Put("cut.gguf", good.AsSpan(0, length));
            Assert.False(
                Hostile.Opens(path, Open, $"cut to {length} of {good.Length} bytes"), $"{length} of {good.Length} bytes opened");
        }

        Assert.True(Hostile.Opens(_folder.Put("whole.gguf", good), Open, "whole"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Five_thousand_mutations_of_a_good_file_open_or_say_what_is_wrong(bool bigEndian)
    {
        var opened = 0;
        for (var seed = 0; seed < 5000; seed++)
        {
            var bad = Hostile.Mutate(Good(seed % 10, bigEndian), new Random(seed));
            if (Hostile.Opens(_folder.Put("mutated.gguf", bad), Open, $"seed {seed}, big endian {bigEndian}")) opened++;
        }

        // Both happen often: mutations reach the checks, and the checks let harmless ones pass.
        Assert.InRange(opened, 100, 4000);
    }

    [Fact]
    public void As_many_keys_tensors_and_nested_arrays_as_are_read_stay_within_the_memory_allowed()
    {
        var keys = new RawGguf().Header(0, 1 << 16);
        for (var i = 0; i < 1 << 16; i++) keys.Key($"{i:x4}", GgufValueType.UInt8).U8(0);
        Assert.True(Hostile.Opens(_folder.Put("keys.gguf", keys.ToArray()), OpenOnly, "keys"));

        var tensors = new RawGguf().Header(1 << 17, 0);
        for (var i = 0; i < 1 << 17; i++) tensors.Tensor($"{i:x5}", 24, 32 * (ulong)i, 1);
        Assert.True(
            Hostile.Opens(_folder.Put("tensors.gguf", tensors.Data(32 << 17).ToArray()), OpenOnly, "tensors"));

        var arrays = new RawGguf().Header(0, 1).Key("k", GgufValueType.Array).Array(GgufValueType.Array, 1 << 20);
        for (var i = 0; i < 1 << 20; i++) arrays.Array(GgufValueType.String, 0);
        Assert.True(Hostile.Opens(_folder.Put("arrays.gguf", arrays.ToArray()), OpenOnly, "arrays"));
    }

    // A small file of every metadata type and a few tensors, the last of which ends the file.
    private byte[] Good(int seed, bool bigEndian)
    {
        var path = _folder.File($"good-{seed}-{bigEndian}.gguf");
        if (!File.Exists(path))
        {
            var writer = new GgufWriter { IsBigEndian = bigEndian };
            foreach (var (key, value) in new RandomModel(seed).Metadata)
            {
                if (key != "general.alignment") writer.Add(key, value);
            }

            writer.AddTensor("scalar", DType.F64, [], new byte[8]);
            writer.AddTensor("blocks", DType.Q4_0, [2, 32], new byte[36]);
            writer.AddTensor("last", DType.I8, [2, 16], new byte[32]);
            writer.Write(path);
        }

        return File.ReadAllBytes(path);
    }

    private static void OpenOnly(string path) => GgufFile.Open(path).Dispose();

    // Reads all there is to read: whatever opens must be safe to use.
    private static void Open(string path)
    {
        using var file = GgufFile.Open(path);
        foreach (var (_, value) in file.Metadata)
        {
            _ = value.ToString();
            if (value.TryGetStrings(out var strings)) _ = strings.Sum(text => text.Length);
        }

        foreach (var tensor in file.Tensors.Values) _ = tensor.Bytes.ToArray();
    }
}

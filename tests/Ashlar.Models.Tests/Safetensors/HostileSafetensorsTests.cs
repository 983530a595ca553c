using System.Text;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Safetensors;

public sealed class HostileSafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_header_length_beyond_the_file_or_the_format_is_found_before_memory_is_taken()
    {
        AssertFails([], "is empty");
        AssertFails([1, 2, 3], "header length (byte 0): needs 8 bytes, but the file has 3");
        AssertFails(BitConverter.GetBytes(1L), "is 1, but only 0 bytes follow");
        AssertFails(BitConverter.GetBytes(100_000_001L), "is 100000001, where at most 100000000 bytes are read");
        AssertFails(BitConverter.GetBytes(long.MinValue), "is 9223372036854775808");
        AssertFails(BitConverter.GetBytes(ulong.MaxValue), "is 18446744073709551615");
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("[]", "is not an object")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("{}x", "is not valid JSON")]
    [InlineData("{\"a\":1}", "tensor 'a' (byte 14): is not an object with 'dtype'")]
    [InlineData("{\"a\":{}}", "tensor 'a' (byte 15): has no 'dtype'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\"}}", "has no 'shape'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "has no 'data_offsets'")]
    [InlineData("{\"a\":{\"dtype\":4}}", "has a dtype that is no text")]
    [InlineData("{\"a\":{\"dtype\":\"U8\"}}", "tensor 'a' (byte 26): has type U8, which this version does not read")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\"}}", "has type F8_E4M3, which this version does not read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "has 'dtype', which is unknown or stands there twice")]
    [InlineData("{\"a\":{\"strides\":[]}}", "has 'strides', which is unknown")]
    [InlineData("{\"a\":{\"shape\":[[1]]}}", "is not valid JSON")]
    [InlineData("{\"a\":{\"shape\":[-1]}}", "has a shape with something other than integers from 0")]
    [InlineData("{\"a\":{\"shape\":[1.5]}}", "has a shape with something other than integers from 0")]
    [InlineData("{\"a\":{\"shape\":[9223372036854775808]}}", "has a shape with something other than integers from 0")]
    [InlineData("{\"a\":{\"shape\":[\"1\"]}}", "has a shape with something other than integers from 0")]
    [InlineData("{\"a\":{\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}}", "has a shape of more than 16 numbers")]
    [InlineData("{\"a\":{\"shape\":7}}", "has a shape that is no array")]
    [InlineData("{\"\\ud800\":1}", "holds a text that is not valid Unicode")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", "header, '__metadata__' (byte 30): has 'k', which is no text")]
    [InlineData("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", "has 'k' twice")]
    [InlineData("{\"__metadata__\":[]}", "is not an object of texts")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "header, '__metadata__' (byte 42): stands in the header twice")]
    public void A_header_that_breaks_a_rule_is_named_with_its_place(string json, string expected) =>
        AssertFails(json, 0, expected);

    [Theory]
    [InlineData("F32", "1", 0, 8, 8, "has 8 bytes, which is not their size")]
    [InlineData("F32", "4611686018427387904,4", 0, 0, 0, "is not their size")]
    [InlineData("F32", "4294967296,4294967296,4294967296,4294967296", 0, 0, 0, "is not their size")]
    [InlineData("F32", "4611686018427387904", 0, 0, 0, "is not their size")]
    [InlineData("F32", "0", 0, 4, 4, "is not their size")]
    [InlineData("I8", "4", 4, 0, 4, "has the data_offsets [4, 0]")]
    [InlineData("I8", "8", 0, 8, 4, "ends at 8, but the file holds 4 bytes of data")]
    [InlineData("I8", "4", 4, 8, 8, "begins at 4, which leaves a hole after 0")]
    [InlineData("I8", "4", 0, 4, 8, "4 bytes belong to no tensor")]
    [InlineData("I8", "1", 9223372036854775806, 9223372036854775807, 8, "ends at 9223372036854775807")]
    public void A_range_that_does_not_fit_is_named(string type, string shape, long begin, long end, int data, string expected) =>
        AssertFails($"{{{Tensor("a", type, shape, begin, end)}}}", data, expected);

    [Fact]
    public void Tensors_must_fill_the_data_side_by_side_and_stand_only_once()
    {
        AssertFails(
            $"{{{Tensor("a", "I8", "4", 0, 4)},{Tensor("b", "I8", "4", 2, 6)}}}",
            6,
            "tensor 'b' (byte 115): begins at 2 and so overlaps the tensor before it");
        AssertFails(
            $"{{{Tensor("a", "I8", "4", 0, 4)},{Tensor("b", "I8", "2", 6, 8)}}}",
            8,
            "tensor 'b' (byte 119): begins at 6, which leaves a hole after 4");
        AssertFails(
            $"{{{Tensor("a", "I8", "4", 0, 4)},{Tensor("a", "I8", "4", 4, 8)}}}",
            8,
            "tensor 'a' (byte 65): stands in the header twice");

        var empty = Tensor("e", "F32", "0,9", 4, 4);
        Assert.True(
            Hostile.Opens(
                Put($"{{{Tensor("a", "I8", "4", 0, 4)},{empty},{Tensor("b", "I8", "4", 4, 8)}}}", 8), Open, "empty between"));
    }

    [Fact]
    public void JSON_that_nests_without_end_is_refused_at_once() =>
        AssertFails("{\"a\":{\"shape\":" + new string('[', 10_000_000), 0, "tensor 'a' (byte 23): is not valid JSON");

    [Fact]
    public void A_file_that_ends_too_early_is_found_at_every_byte()
    {
        var good = Good();
        for (var length = 0; length < good.Length; length++)
        {
            Assert.False(
                Hostile.Opens(_folder.Put("cut.safetensors", good.AsSpan(0, length)), Open, $"cut to {length}"),
                $"{length} of {good.Length} bytes opened");
        }

        Assert.True(Hostile.Opens(_folder.Put("whole.safetensors", good), Open, "whole"));
    }

    [Fact]
    public void Ten_thousand_mutations_of_a_good_file_open_or_say_what_is_wrong()
    {
        var good = Good();
        var opened = 0;
        for (var seed = 0; seed < 10_000; seed++)
        {
            var bad = Hostile.Mutate(good, new Random(seed));
            if (Hostile.Opens(_folder.Put("mutated.safetensors", bad), Open, $"seed {seed}")) opened++;
        }

        Assert.InRange(opened, 100, 8000);
    }

    [Fact]
    public void Headers_that_promise_much_stay_within_the_memory_allowed()
    {
        var most = Enumerable.Range(0, 1 << 17).Select(i => Tensor($"{i:x}", "I8", "1,1", i, i + 1));
        Assert.True(Hostile.Opens(Put($"{{{string.Join(',', most)}}}", 1 << 17), Open, "tensors"));
        var many = Enumerable.Range(0, 200_000).Select(i => Tensor($"{i:x}", "I8", "0", 0, 0));
        Assert.False(Hostile.Opens(Put($"{{{string.Join(',', many)}}}", 0), Open, "too many tensors"));
        var texts = Enumerable.Range(0, 15_000).Select(i => $"\"{i}{new string('k', 1000)}\":\"\"");
        Assert.True(Hostile.Opens(Put($"{{\"__metadata__\":{{{string.Join(',', texts)}}}}}", 0), Open, "metadata"));
        Assert.False(
            Hostile.Opens(Put($"{{\"__metadata__\":{{\"k\":\"{new string('v', 20 << 20)}\"}}}}", 0), Open, "one long text"));
    }

    private static string Tensor(string name, string type, string shape, long begin, long end) =>
        $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}";

    private static void Open(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var tensor in file.Tensors.Values) _ = tensor.Bytes.ToArray();
    }

    private byte[] Good()
    {
        var writer = new SafetensorsWriter();
        writer.Add("format", "pt");
        writer.AddTensor("a", DType.F32, [2, 3], new byte[24]);
        writer.AddTensor("b", DType.BF16, [4], new byte[8]);
        writer.AddTensor("c", DType.Bool, [3], new byte[3]);
        writer.Write(_folder.File("good.safetensors"));
        return File.ReadAllBytes(_folder.File("good.safetensors"));
    }

    private string Put(string json, int data) =>
        _folder.Put(
            "hostile.safetensors",
            [
                .. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json),
                .. new byte[data],
            ]);

    private void AssertFails(string json, int data, string expected) => AssertFails(File.ReadAllBytes(Put(json, data)), expected);

    private void AssertFails(byte[] file, string expected)
    {
        var path = _folder.Put("hostile.safetensors", file);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(';', error.Message);
    }
}

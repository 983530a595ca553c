using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tests.Gguf;

public sealed class HostileGgufTests : IDisposable
{
    private const uint F32 = 0;
    private const uint Q4_0 = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_file_or_one_of_another_kind_is_named()
    {
        AssertFails([], "is empty");
        AssertFails("GG"u8.ToArray(), "header (byte 0): needs 4 bytes more, but the file ends after 2");
        AssertFails("PK\u0003\u0004 and more"u8.ToArray(), "does not begin with 'GGUF'; give a GGUF file");
    }

    [Theory]
    [InlineData(0u, "version 0")]
    [InlineData(1u, "version 1")]
    [InlineData(4u, "version 4")]
    [InlineData(0x04000000u, "version 4")]
    [InlineData(0xffffffffu, "version 4294967295")]
    public void A_version_that_is_not_read_is_named(uint version, string expected) =>
        AssertFails(new RawGguf().Header(0, 0, version), expected, "byte 4");

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 32)]
    [InlineData(1000UL)]
    public void Counts_that_promise_more_than_the_file_holds_are_found_before_memory_is_taken(ulong count)
    {
        AssertFails(Tensors(count), $"promises {count} tensors", "byte 8");
        AssertFails(Keys(count), $"promises {count} metadata keys", "byte 16");
        AssertFails(Keys(1).U64(count).Data(64), $"promises {count} bytes of key", "metadata key (byte 24)");
        AssertFails(Keys(1).Key("k", GgufValueType.String).U64(count), $"'k' (byte 37): promises {count} bytes of text");
        foreach (var element in Enum.GetValues<GgufValueType>())
        {
            AssertFails(Keys(1).Key("k", GgufValueType.Array).Array(element, count), $"'k' (byte 41): promises {count} elements");
        }

        AssertFails(Tensors(1).U64(count).Data(64), $"promises {count} bytes of tensor name", "tensor (byte 24)");
    }

    [Fact]
    public void Counts_that_the_file_could_hold_are_bounded_all_the_same()
    {
        AssertFails(Keys(70_000).Data(1 << 20), "promises 70000 metadata keys, but at most 65536 are read");
        AssertFails(Tensors(140_000).Data(4 << 20), "promises 140000 tensors, but at most 131072 are read");
        AssertFails(Keys(1).Text(new string('k', 65_536)).Data(64), "promises 65536 bytes of key, but at most 65535");
        AssertFails(Tensors(1).Text(new string('t', 1025)).Data(64), "promises 1025 bytes of tensor name");

        var path = _folder.Put("long.gguf", Keys(1).Key("k", GgufValueType.String).U64(200 << 20).ToArray());
        using (var file = File.OpenWrite(path)) file.SetLength(300 << 20); // nearly all of it a hole
        var error = Assert.Throws<InvalidDataException>(() => GgufFile.Open(path));
        Assert.Contains(
            "promises 209715200 bytes of text, but only 134217707 more are read as metadata", error.Message,
            StringComparison.Ordinal);

        var names = Keys(200);
        for (var i = 0; i < 200; i++) names.Key($"{i}{new string('k', 65_000)}", GgufValueType.UInt8).U8(0);
        AssertFails(names, "the names together pass 8388608 bytes");
    }

    [Fact]
    public void Keys_and_tensor_names_must_be_UTF8_and_stand_only_once()
    {
        AssertFails(Keys(1).Text([0x61, 0xff]).U32(0).Data(64), "(byte 24): the key is not valid UTF-8");
        AssertFails(Tensors(1).Text([0xc0, 0x80]).Data(64), "(byte 24): the tensor name is not valid UTF-8");
        AssertFails(
            Keys(
                2).Key("k",
                GgufValueType.UInt8).U8(1).Key("k",
                GgufValueType.UInt8).U8(1), "metadata key 'k' (byte 51): stands in the file twice");
        AssertFails(
            Tensors(2).Tensor("t", F32, 0, 1).Tensor("t", F32, 32, 1).Data(64), "tensor 't' (byte 57): stands in the file twice");
    }

    [Fact]
    public void Values_must_be_what_their_types_allow()
    {
        AssertFails(Keys(1).Key("k", (GgufValueType)13), "'k' (byte 33): has value type 13");
        AssertFails(Keys(1).Key("k", GgufValueType.Array).Array((GgufValueType)99, 0), "has value type 99");
        AssertFails(Keys(1).Key("k", GgufValueType.Bool).U8(2), "'k' (byte 37): holds the truth value 2");
        AssertFails(
            Keys(1).Key("k", GgufValueType.Array).Array(GgufValueType.Bool, 2).U8(1).U8(3), "(byte 50): holds the truth value 3");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(100_000)]
    public void Arrays_in_arrays_end_at_a_depth(int depth)
    {
        var raw = Keys(1).Key("k", GgufValueType.Array);
        for (var i = 1; i < depth; i++) raw.Array(GgufValueType.Array, 1);
        AssertFails(raw.Array(GgufValueType.UInt8, 0), "'k' (byte 85): nests arrays deeper than 4");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(24)]
    [InlineData(uint.MaxValue)]
    public void An_alignment_that_is_no_power_of_two_is_refused(uint alignment) =>
        AssertFails(
            Keys(1).Key("general.alignment", GgufValueType.UInt32).U32(alignment),
            $"'general.alignment' (byte 57): is {alignment}");

    [Fact]
    public void An_alignment_of_another_type_is_refused() =>
        AssertFails(Keys(1).Key("general.alignment", GgufValueType.String).Text("32"), "'general.alignment' is String");

    [Fact]
    public void Shapes_are_bounded_and_their_products_do_not_overflow()
    {
        AssertFails(Tensors(1).Tensor("t", F32, 0, 1, 1, 1, 1, 1).Data(64), "tensor 't' (byte 33): has 5 dimensions");
        AssertFails(Tensors(1).Text("t").U32(uint.MaxValue).Data(64), "has 4294967295 dimensions");
        AssertFails(Tensors(1).Tensor("t", F32, 0, 4, 0).Data(64), "tensor 't' (byte 45): has a dimension of 0 elements");
        AssertFails(Tensors(1).Tensor("t", F32, 0, 1UL << 63).Data(64), "has a dimension of 9223372036854775808 elements");
        AssertFails(Tensors(1).Tensor("t", F32, 0, 1UL << 62, 4).Data(64), "whose size in bytes passes 2^63");
        AssertFails(
            Tensors(1).Tensor("t", F32, 0, 1UL << 32, 1UL << 32, 1UL << 32, 1UL << 32).Data(64),
            "whose size in bytes passes 2^63");
        AssertFails(Tensors(1).Tensor("t", F32, 0, 1UL << 62).Data(64), "whose size in bytes passes 2^63");
        AssertFails(Tensors(1).Tensor("t", Q4_0, 0, 48).Data(64), "rows of 48 elements, which do not fill blocks of 32 (Q4_0)");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(31)]
    [InlineData(41)]
    [InlineData(uint.MaxValue)]
    public void An_element_type_that_is_not_read_is_an_error_that_names_tensor_and_number(uint type) => AssertFails(
        Tensors(1).Tensor("blk.3.ffn_up.weight", type, 0, 32).Data(64),
        $"tensor 'blk.3.ffn_up.weight' (byte 63): has type {type}, which this version does not read; re-quantize it or update");

    [Fact]
    public void Tensors_must_lie_in_the_file_aligned_and_apart()
    {
        AssertFails(Tensors(1).Tensor("t", F32, 4, 1).Data(64), "begins at offset 4, which is no multiple of the alignment 32");
        AssertFails(
            Tensors(1).Tensor("t", F32, 0, 17).Data(64), "takes 68 bytes from offset 0 of the data, but the file holds 64");
        AssertFails(Tensors(1).Tensor("t", F32, 64, 1).Data(64), "takes 4 bytes from offset 64");
        AssertFails(Tensors(1).Tensor("t", F32, 1UL << 62, 1).Data(64), "takes 4 bytes from offset 4611686018427387904");
        AssertFails(Tensors(1).Tensor("t", F32, 1UL << 63, 1).Data(64), "past the end of any file");
        AssertFails(Tensors(1).Tensor("t", F32, 0, 1), "but the file holds 0 bytes of data");
        AssertFails(
            Tensors(
                2).Tensor("a",
                F32,
                0,
                9).Tensor("b",
                F32,
                32,
                1).Data(64), "tensor 'b' (byte 128): overlaps tensor 'a', which ends at byte 132");
        AssertFails(Tensors(2).Tensor("a", F32, 0, 1).Tensor("b", F32, 0, 1).Data(64), "overlaps tensor");
    }

    [Fact]
    public void A_hostile_name_does_not_break_the_line_of_the_error()
    {
        var error = AssertFails(
            Tensors(1).Tensor("a\nb\u001b[31m" + new string('x', 900), 99, 0, 1).Data(64), @"tensor 'a\u000ab\u001b[31mxxx");
        Assert.DoesNotContain('\n', error);
        Assert.InRange(error.Length, 0, 400);
    }

    private static RawGguf Keys(ulong count) => new RawGguf().Header(0, count);

    private static RawGguf Tensors(ulong count) => new RawGguf().Header(count, 0);

    private string AssertFails(RawGguf file, params string[] expected) => AssertFails(file.ToArray(), expected);

    private string AssertFails(byte[] file, params string[] expected)
    {
        var path = _folder.Put("hostile.gguf", file);
        var error = Assert.Throws<InvalidDataException>(() => GgufFile.Open(path).Dispose());
        Assert.StartsWith($"'{path}'", error.Message, StringComparison.Ordinal);
        foreach (var part in expected) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(';', error.Message);
        return error.Message;
    }
}

using Ashlar.Models.Gguf;
using Ashlar.Tensors;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Gguf;

public sealed class GgufWriterTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void What_is_written_reads_back_bit_for_bit_in_either_byte_order(int version, bool bigEndian)
    {
        using var folder = new TemporaryFolder();
        for (var seed = 0; seed < 20; seed++)
        {
            var model = new RandomModel(seed);
            var path = folder.File($"{seed}.gguf");
            model.Write(path, version, bigEndian);

            using var file = GgufFile.Open(path);
            Assert.Equal((version, bigEndian), (file.Version, file.IsBigEndian));
            Assert.Equal(model.Metadata.Select(pair => pair.Key), file.Metadata.Select(pair => pair.Key));
            foreach (var (key, value) in model.Metadata)
            {
                Assert.Equal(value.Type, file.Metadata[key].Type);
                Assert.True(value.Encoded.Span.SequenceEqual(file.Metadata[key].Encoded.Span), $"seed {seed}: {key}");
            }

            Assert.Equal(model.Tensors.Select(tensor => tensor.Name), file.Tensors.Keys);
            foreach (var (name, type, shape, bytes) in model.Tensors)
            {
                var tensor = file.Tensors[name];
                Assert.Equal(type, tensor.Type);
                Assert.Equal(shape, tensor.Shape);
                Assert.True(tensor.Bytes.SequenceEqual(bytes), $"seed {seed}: {name}");
            }
        }
    }

    [Theory]
    [InlineData("stories260k", "stories260K.gguf")]
    [InlineData("architectures", "gemma3-dense.gguf")]
    [InlineData("tokenizers", "ggml-vocab-qwen2.gguf")]
    public void A_published_file_survives_writing_and_a_detour_through_the_other_byte_order(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var original = Conformance.Path(kind, name);
        Copy(original, folder.File("again.gguf"), bigEndian: false);
        Copy(original, folder.File("big.gguf"), bigEndian: true);
        Copy(folder.File("big.gguf"), folder.File("back.gguf"), bigEndian: false);

        using var first = GgufFile.Open(original);
        using var again = GgufFile.Open(folder.File("again.gguf"));
        Assert.Equal(first.Metadata.Select(pair => pair.Key), again.Metadata.Select(pair => pair.Key));
        Assert.All(
            first.Metadata, pair => Assert.True(pair.Value.Encoded.Span.SequenceEqual(again.Metadata[pair.Key].Encoded.Span)));
        Assert.Equal(first.Tensors.Keys, again.Tensors.Keys);
        Assert.All(first.Tensors.Values, tensor => Assert.True(tensor.Bytes.SequenceEqual(again.Tensors[tensor.Name].Bytes)));
        Assert.Equal(File.ReadAllBytes(folder.File("again.gguf")), File.ReadAllBytes(folder.File("back.gguf")));
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(folder.File("again.gguf")));
        Assert.NotEqual(File.ReadAllBytes(folder.File("again.gguf")), File.ReadAllBytes(folder.File("big.gguf")));
    }

    [Theory]
    [InlineData(DType.F32, "3 2 1 0 7 6 5 4")]
    [InlineData(DType.F64, "7 6 5 4 3 2 1 0")]
    [InlineData(DType.I8, "0 1 2 3 4 5 6 7")]
    [InlineData(DType.Q4_0, "1 0 2 3 4 5 6 7 8 9")]
    [InlineData(DType.Q5_1, "1 0 3 2 7 6 5 4 8 9 10")]
    [InlineData(DType.IQ2_XXS, "1 0 2 3 4 5 9 8 7 6 10 11 12 13 17 16 15 14")]
    [InlineData(DType.IQ4_XS, "1 0 3 2 4 5 6 7 8")]
    [InlineData(DType.MXFP4, "0 1 2 3 4 5 6 7 8")]
    public void A_big_endian_file_stores_each_word_with_its_most_significant_byte_first(DType type, string beginning)
    {
        using var folder = new TemporaryFolder();
        var elements = 8 * type.BlockElements;
        var bytes = Enumerable.Range(0, (int)type.ByteLength(elements)).Select(i => (byte)i).ToArray();
        var writer = new GgufWriter { IsBigEndian = true };
        writer.AddTensor("t", type, [elements], bytes);
        writer.Write(folder.File("big.gguf"));

        var expected = beginning.Split(' ').Select(byte.Parse).ToArray();
        Assert.Equal(expected, File.ReadAllBytes(folder.File("big.gguf"))[64..][..expected.Length]);
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Put("model.gguf", "old"u8);
        foreach (var supplied in (int[])[0, 15, 17])
        {
            var writer = new GgufWriter();
            writer.AddTensor("weights", DType.F32, [4], stream => stream.Write(new byte[supplied]));
            var error = Assert.Throws<InvalidOperationException>(() => writer.Write(path));
            Assert.Contains("tensor 'weights' has 16 bytes", error.Message, StringComparison.Ordinal);
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Single(Directory.GetFiles(folder.FullName));
        }
    }

    [Fact]
    public void A_model_that_is_open_can_be_replaced_by_one_made_from_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.gguf");
        new RandomModel(1).Write(path);
        var before = File.ReadAllBytes(path);

        Copy(path, path, bigEndian: false);

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_large_tensor_is_streamed_through_a_small_buffer()
    {
        using var folder = new TemporaryFolder();
        var piece = new byte[1 << 20];
        var writer = new GgufWriter { IsBigEndian = true };
        writer.AddTensor("large", DType.F16, [64, 1 << 19], stream =>
        {
            for (var i = 0; i < 64; i++) stream.Write(piece);
        });

        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(folder.File("large.gguf"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_when_it_is_added()
    {
        var writer = new GgufWriter();
        writer.Add("key", 1);
        writer.AddTensor("t", DType.F32, [1], new byte[4]);

        Assert.Throws<ArgumentException>(() => writer.Add("key", 2));
        Assert.Throws<ArgumentException>(() => writer.Add(new string('k', 65_536), 2));
        Assert.ThrowsAny<ArgumentException>(() => writer.Add("\ud800", 2));
        Assert.Throws<NotSupportedException>(() => writer.Add("date", default(DateTime)));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("t", DType.F32, [1], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("bool", DType.Bool, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("zero", DType.F32, [0], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("deep", DType.F32, [1, 1, 1, 1, 1], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("blocks", DType.Q4_0, [32, 16], new byte[288]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("huge", DType.F32, [1L << 40, 1L << 40], new byte[4]));
        Assert.ThrowsAny<ArgumentException>(() => writer.AddTensor("negative", DType.F32, [-1], new byte[4]));
        Assert.Throws<ArgumentException>(() => GgufValue.FromArrays([GgufValue.From(1)]));
        writer.Add("general.alignment", 24u);
        Assert.Throws<InvalidOperationException>(() => writer.Write("never"));
    }

    private static void Copy(string from, string to, bool bigEndian)
    {
        using var file = GgufFile.Open(from);
        var writer = new GgufWriter { Version = file.Version, IsBigEndian = bigEndian };
        writer.Add(file.Metadata);
        foreach (var tensor in file.Tensors.Values) writer.AddTensor(tensor);
        writer.Write(to);
    }
}

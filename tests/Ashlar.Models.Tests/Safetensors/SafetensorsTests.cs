using System.Runtime.InteropServices;
using System.Text;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Safetensors;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_as_other_programs_write_it_is_read()
    {
        // From the format's specification: a length, JSON, and the data.
        const string header =
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"I16","shape":[2],"data_offsets":[8,12]},"""
            + """ "a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}   """;
        byte[] data = [0, 0, 128, 63, 0, 0, 0, 192, 1, 0, 255, 255];
        var path = _folder.Put(
            "m.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. data]);

        using var file = SafetensorsFile.Open(path);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["a", "b"], file.Tensors.Keys);
        Assert.Equal(DType.F32, file.Tensors["a"].Type);
        Assert.Equal([1L, 2L], file.Tensors["a"].Shape);
        Assert.Equal(
            [1f, -2f], MemoryMarshal.Cast<byte, float>(file.Tensors["a"].Bytes).ToArray());
        Assert.Equal(
            [(short)1, (short)-1],
            MemoryMarshal.Cast<byte,
            short>(file.Tensors["b"].Bytes).ToArray());
    }

    [Fact]
    public void What_is_written_reads_back_bit_for_bit_and_each_tensor_is_aligned_to_its_elements()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var writer = new SafetensorsWriter();
            writer.Add("форма", "\"quoted\" \u0001 ß");
            var tensors = new List<(string Name, DType Type, long[] Shape, byte[] Bytes)>();
            foreach (var type in SafetensorsTypes.Table.Select(row => row.Type).OrderBy(_ => random.Next()))
            {
                var shape = Enumerable.Range(0, random.Next(5)).Select(_ => random.NextInt64(0, 6)).ToArray();
                var bytes = new byte[type.ByteLength(shape.Aggregate(1L, (product, size) => product * size))];
                random.NextBytes(bytes);
                tensors.Add(($"слой.{type}", type, shape, bytes));
                writer.AddTensor($"слой.{type}", type, shape, bytes);
            }

            writer.Write(_folder.File("m.safetensors"));
            using (var file = SafetensorsFile.Open(_folder.File("m.safetensors")))
            {
                Assert.Equal("\"quoted\" \u0001 ß", file.Metadata["форма"]);
                Assert.Equal(tensors.Count, file.Tensors.Count);
                foreach (var (name, type, shape, bytes) in tensors)
                {
                    Assert.Equal(type, file.Tensors[name].Type);
                    Assert.Equal(shape, file.Tensors[name].Shape);
                    Assert.True(file.Tensors[name].Bytes.SequenceEqual(bytes), $"seed {seed}: {name}");
                    unsafe
                    {
                        Assert.True((nint)file.Tensors[name].Pointer % type.BlockBytes == 0, $"seed {seed}: {name}");
                    }
                }

                var again = new SafetensorsWriter();
                foreach (var (key, value) in file.Metadata) again.Add(key, value);
                foreach (var tensor in file.Tensors.Values) again.AddTensor(tensor);
                again.Write(_folder.File("again.safetensors"));
            }

            // A file of ours names tensors in the order of their data, so that a second round changes nothing at all.
            Rewrite(_folder.File("again.safetensors"), _folder.File("third.safetensors"));
            Assert.Equal(
                File.ReadAllBytes(_folder.File("again.safetensors")), File.ReadAllBytes(_folder.File("third.safetensors")));
        }
    }

    [Fact]
    public void Shards_are_opened_by_their_index_or_their_folder()
    {
        WriteShard("model-00001-of-00002.safetensors", ("a", 1), ("unlisted", 9));
        WriteShard("model-00002-of-00002.safetensors", ("b", 2), ("c", 3));
        var index = PutIndex(
            """
            {
              "metadata": { "total_size": 12, "more": [{}] },
              "weight_map": {
                "c": "model-00002-of-00002.safetensors",
                "a": "model-00001-of-00002.safetensors",
                "b": "model-00002-of-00002.safetensors"
              }
            }
            """);

        foreach (var path in (string[])[index, _folder.FullName])
        {
            using var file = SafetensorsFile.Open(path);
            Assert.Equal(["c", "a", "b"], file.Tensors.Keys);
            Assert.Equal(2, file.Paths.Count);
            Assert.Equal(1, file.Tensors["a"].Bytes[0]);
            Assert.Equal(3, file.Tensors["c"].Bytes[0]);
        }
    }

    [Fact]
    public void A_folder_with_one_file_opens_it_and_one_with_several_asks_which()
    {
        Assert.Contains(
            "0 other safetensors files",
            Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_folder.FullName)).Message,
            StringComparison.Ordinal);
        WriteShard("weights.safetensors", ("a", 1));
        using (var file = SafetensorsFile.Open(_folder.FullName)) Assert.Single(file.Tensors);
        WriteShard("other.safetensors", ("b", 1));
        Assert.Contains(
            "name the file to open",
            Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_folder.FullName)).Message,
            StringComparison.Ordinal);
        WriteShard("model.safetensors", ("c", 1));
        using (var file = SafetensorsFile.Open(_folder.FullName)) Assert.Equal(["c"], file.Tensors.Keys);
    }

    [Fact]
    public void An_index_that_names_what_is_not_there_is_an_error()
    {
        WriteShard("s.safetensors", ("a", 1));
        var missing = Assert.Throws<FileNotFoundException>(
            () => SafetensorsFile.Open(PutIndex("""{"weight_map":{"a":"s.safetensors","b":"t.safetensors"}}""")));
        Assert.Contains(
            $"names the shard '{_folder.File("t.safetensors")}', which is missing", missing.Message, StringComparison.Ordinal);
        AssertIndexFails("""{"weight_map":{"b":"s.safetensors"}}""", "tensor 'b': is not in 's.safetensors'");
        AssertIndexFails("""{"weight_map":{}}""", "names no tensors");
        AssertIndexFails("""{"metadata":{}}""", "has no 'weight_map'");
        AssertIndexFails("""{"weight_map":[]}""", "has a 'weight_map' that is not an object");
        AssertIndexFails("""{"weight_map":{"a":1}}""", "has no file name for tensor 'a'");
        AssertIndexFails("""{"weight_map":{"a":"s.safetensors","a":"s.safetensors"}}""", "has tensor 'a' twice");
        AssertIndexFails("""{"weight_map":{},"weight_map":{}}""", "has 'weight_map' twice");
        AssertIndexFails("""{"weight_map":{"a":"s.safetensors"}""", "is not valid JSON");
        AssertIndexFails("""{"weight_map":{"a":"\ud800"}}""", "not valid Unicode");
        AssertIndexFails("[]", "is not an object");
        AssertIndexFails("", "is empty");
        AssertIndexFails($"{{\"metadata\":{new string('[', 1000)}", "is not valid JSON");
        foreach (var name in (string[])["../s.safetensors", "/etc/passwd", "..\\\\s", "C:s", "", ".", ".."])
        {
            AssertIndexFails($"{{\"weight_map\":{{\"a\":\"{name}\"}}}}", "where one in the index's own folder is wanted");
        }
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_and_a_failure_leaves_the_old_file()
    {
        var path = _folder.Put("m.safetensors", "old"u8);
        var writer = new SafetensorsWriter();
        writer.AddTensor("t", DType.F32, [2], new byte[7]);

        Assert.Throws<ArgumentException>(() => writer.AddTensor("t", DType.F32, [1], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("__metadata__", DType.F32, [1], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("q", DType.Q4_0, [32], new byte[18]));
        Assert.ThrowsAny<ArgumentException>(() => writer.AddTensor("n", DType.F32, [-1], new byte[18]));
        Assert.Contains(
            "only 7 were supplied",
            Assert.Throws<InvalidOperationException>(() => writer.Write(path)).Message,
            StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.FullName));
    }

    private static void Rewrite(string from, string to)
    {
        using var file = SafetensorsFile.Open(from);
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Add(key, value);
        foreach (var tensor in file.Tensors.Values) writer.AddTensor(tensor);
        writer.Write(to);
    }

    private void WriteShard(string name, params (string Name, byte Value)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in tensors) writer.AddTensor(tensor.Name, DType.I8, [1], new[] { tensor.Value });
        writer.Write(_folder.File(name));
    }

    private string PutIndex(string json) => _folder.Put("model.safetensors.index.json", Encoding.UTF8.GetBytes(json));

    private void AssertIndexFails(string json, string expected)
    {
        var path = PutIndex(json);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}

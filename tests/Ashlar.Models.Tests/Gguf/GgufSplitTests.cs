using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Gguf;

public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_part_opens_the_whole_model()
    {
        var parts = WriteParts("m", 3);
        foreach (var part in parts)
        {
            using var file = GgufFile.Open(part);
            Assert.Equal(parts, file.Paths);
            Assert.Equal("first part", file.Metadata.GetString("general.name"));
            Assert.Equal(["t0", "t1", "t2"], file.Tensors.Keys);
            for (var i = 0; i < 3; i++) Assert.Equal((byte)i, file.Tensors[$"t{i}"].Bytes[0]);
        }
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        var parts = WriteParts("m", 3);
        File.Delete(parts[1]);

        foreach (var part in (string[])[parts[0], parts[2]])
        {
            var error = Assert.Throws<FileNotFoundException>(() => GgufFile.Open(part));
            Assert.Contains(
                $"'{part}' is one part of a model, of which '{parts[1]}' is missing", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_part_under_a_false_name_is_found()
    {
        var parts = WriteParts("m", 2);
        File.Copy(parts[0], _folder.File("renamed.gguf"));
        AssertFails(
            _folder.File("renamed.gguf"), "is one of 2 parts of a model, but its name does not end in '-NNNNN-of-00002.gguf'");

        File.Copy(parts[0], _folder.File("m-00003-of-00002.gguf"));
        AssertFails(_folder.File("m-00003-of-00002.gguf"), "says in its metadata that it is part 1 of 2");

        File.Copy(parts[0], parts[1], overwrite: true);
        AssertFails(parts[0], "m-00002-of-00002.gguf' says in its metadata that it is part 1 of 2");
    }

    [Fact]
    public void Parts_of_different_models_are_told_apart()
    {
        var parts = WriteParts("m", 2);
        WriteParts("other", 2, tensors: 3);
        File.Copy(_folder.File("other-00001-of-00002.gguf"), parts[0], overwrite: true);
        AssertFails(parts[0], "promises 3 tensors, but the 2 parts hold 2");

        WritePart(parts[1], 1, 2, tensors: 2, name: "t0");
        WritePart(parts[0], 0, 2, tensors: 2, name: "t0");
        AssertFails(parts[0], "tensor 't0' stands in an earlier part too");
    }

    private string[] WriteParts(string stem, int count, int? tensors = null)
    {
        var paths = Enumerable.Range(1, count).Select(number => _folder.File($"{stem}-{number:d5}-of-{count:d5}.gguf")).ToArray();
        for (var i = 0; i < count; i++) WritePart(paths[i], i, count, tensors ?? count, $"t{i}");
        return paths;
    }

    private static void WritePart(string path, int number, int count, int tensors, string name)
    {
        var writer = new GgufWriter();
        if (number == 0) writer.Add("general.name", "first part");
        writer.Add("split.no", (ushort)number);
        writer.Add("split.count", (ushort)count);
        writer.Add("split.tensors.count", tensors);
        writer.AddTensor(name, DType.I8, [1], new[] { (byte)number });
        writer.Write(path);
    }

    private static void AssertFails(string path, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => GgufFile.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}

using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Gguf;

/// <summary>A seeded file with every type of metadata and of tensor, of random values and shapes.</summary>
internal sealed class RandomModel
{
    private static readonly long[] Alignments = [8, 32, 64, 4096];

    private readonly Random _random;

    public RandomModel(int seed)
    {
        _random = new Random(seed);
        Metadata = [];
        Add("general.architecture", GgufValue.From("random"));
        Add("general.alignment", GgufValue.From((uint)Alignments[_random.Next(Alignments.Length)]));
        AddNumbers("u8", (byte)_random.Next());
        AddNumbers("i8", (sbyte)_random.Next());
        AddNumbers("u16", (ushort)_random.Next());
        AddNumbers("i16", (short)_random.Next());
        AddNumbers("u32", (uint)_random.NextInt64());
        AddNumbers("i32", (int)_random.NextInt64());
        AddNumbers("u64", (ulong)_random.NextInt64(long.MinValue, long.MaxValue));
        AddNumbers("i64", _random.NextInt64(long.MinValue, long.MaxValue));
        AddNumbers("f32", _random.NextSingle());
        AddNumbers("f64", _random.NextDouble());
        AddNumbers("bool", _random.Next(2) == 0);
        Add(
            "strings",
            GgufValue.FromUtf8Strings(
                Enumerable.Repeat(0, _random.Next(30)).Select(_ => new ReadOnlyMemory<byte>(Bytes(_random.Next(9))))));
        Add(
            "nested",
            GgufValue.FromArrays([
                GgufValue.FromArray<int>([1, -2]), GgufValue.FromStrings(["a", "", "ß"]), GgufValue.FromArrays([]),
            ]));
        Add("клю́ч 鍵", GgufValue.From(""));

        Tensors = [.. GgmlTypes.All.Select(Tensor)];
    }

    public List<(string Key, GgufValue Value)> Metadata { get; }

    public (string Name, DType Type, long[] Shape, byte[] Bytes)[] Tensors { get; }

    public void Write(string path, int version = 3, bool bigEndian = false)
    {
        var writer = new GgufWriter { Version = version, IsBigEndian = bigEndian };
        foreach (var (key, value) in Metadata) writer.Add(key, value);
        foreach (var (name, type, shape, bytes) in Tensors) writer.AddTensor(name, type, shape, stream => Dribble(stream, bytes));
        writer.Write(path);
    }

    // Supplies a tensor in pieces that end where no block does.
    private static void Dribble(Stream stream, ReadOnlySpan<byte> bytes)
    {
        const int piece = 7777;
        for (; bytes.Length > piece; bytes = bytes[piece..]) stream.Write(bytes[..piece]);
        stream.Write(bytes);
    }

    private void Add(string key, GgufValue value) => Metadata.Add((key, value));

    private void AddNumbers<T>(string key, T value)
        where T : unmanaged
    {
        Add(key, GgufValue.From(value));
        Add(key + "s", GgufValue.FromArray<T>(Enumerable.Repeat(value, _random.Next(5)).ToArray()));
    }

    private (string Name, DType Type, long[] Shape, byte[] Bytes) Tensor(DType type)
    {
        var shape = Shape(type);
        return (
            type.ToString(), type, shape, Bytes((int)type.ByteLength(shape.Aggregate(1L, (product, size) => product * size))));
    }

    private long[] Shape(DType type) =>
        [.. Enumerable.Range(0, _random.Next(type.IsBlocked ? 4 : 5)).Select(_ => _random.NextInt64(1, 6)), .. LastAxis(type)];

    private long[] LastAxis(DType type) => type.IsBlocked ? [type.BlockElements * _random.NextInt64(1, 5)] : [];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}

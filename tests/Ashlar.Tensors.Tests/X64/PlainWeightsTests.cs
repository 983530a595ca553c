using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The packed form of plain weights.</summary>
public sealed unsafe class PlainWeightsTests
{
    private const byte Poison = 0xCD;
    private const int Guard = 64;

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Every_weight_is_in_its_place_and_the_rest_is_zero(DType type)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var shape = 0; shape < 200; shape++)
        {
            var (k, n) = (random.Next(1, 150), random.Next(1, 70));
            var about = $"seed {seed}, {type}: ({n}, {k})";
            var size = type == DType.F32 ? 4 : 2;
            var source = new byte[n * k * size];
            random.NextBytes(source);
            using var packed = Poisoned(PlainWeights.Bytes(type, k, n));
            fixed (byte* pointer = source)
            {
                var middle = random.NextInt64(PlainWeights.Groups(n) + 1);
                PlainWeights.Pack(type, pointer, k, n, 0, middle, packed.Pointer);
                PlainWeights.Pack(type, pointer, k, n, middle, PlainWeights.Groups(n), packed.Pointer);
            }

            // Back again: every byte is taken from its place, and what remains must be zero.
            var bytes = new Span<byte>(packed.Pointer, (int)packed.Bytes - Guard);
            for (var at = 0; at < n * k; at++)
            {
                var place = bytes.Slice((int)Place(type, at % k, at / k, k) * size, size);
                Assert.True(place.SequenceEqual(source.AsSpan(at * size, size)), $"{about}, weight ({at / k}, {at % k})");
                place.Clear();
            }

            Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0, $"{about}: a number that is none of the matrix");
            CheckGuard(packed, about);
        }
    }

    [Fact]
    public void A_right_operand_packs_as_its_transpose_does()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var shape = 0; shape < 200; shape++)
        {
            var (k, n) = (random.Next(1, 60), random.Next(1, 70));
            var stride = n + random.Next(3);
            var about = $"seed {seed}: ({k}, {n}), stride {stride}";
            var right = new float[k * stride];
            var transposed = new float[n * k];
            foreach (ref var x in right.AsSpan()) x = random.NextSingle();
            for (var at = 0; at < n * k; at++) transposed[at] = right[at % k * stride + at / k];
            using var packed = Poisoned(PlainWeights.Bytes(DType.F32, k, n));
            using var expected = Poisoned(PlainWeights.Bytes(DType.F32, k, n));
            fixed (float* pointer = right, other = transposed)
            {
                var middle = random.NextInt64(PlainWeights.Groups(n) + 1);
                PlainWeights.PackColumns(pointer, k, n, stride, 0, middle, (float*)packed.Pointer);
                PlainWeights.PackColumns(pointer, k, n, stride, middle, PlainWeights.Groups(n), (float*)packed.Pointer);
                PlainWeights.Pack(DType.F32, (byte*)other, k, n, 0, PlainWeights.Groups(n), expected.Pointer);
            }

            var actual = new Span<byte>(packed.Pointer, (int)packed.Bytes);
            var wanted = new Span<byte>(expected.Pointer, (int)expected.Bytes);
            Assert.True(actual.SequenceEqual(wanted), about);
            CheckGuard(packed, about);
        }
    }

    /// <summary>Where an element lies, in elements.</summary>
    private static long Place(DType type, long i, long column, long k)
    {
        var group = column / 16 * PlainWeights.GroupBytes(type, k) / (type == DType.F32 ? 4 : 2);
        return group + (type == DType.BF16 ? (i / 2 * 16 + column % 16) * 2 + i % 2 : i * 16 + column % 16);
    }

    private static NativeBlock Poisoned(long bytes)
    {
        var block = new NativeBlock(bytes + Guard);
        new Span<byte>(block.Pointer, (int)block.Bytes).Fill(Poison);
        return block;
    }

    private static void CheckGuard(NativeBlock block, string about) => Assert.True(
        new Span<byte>(block.Pointer + block.Bytes - Guard, Guard).IndexOfAnyExcept(Poison) < 0, $"{about}: wrote past the end");
}

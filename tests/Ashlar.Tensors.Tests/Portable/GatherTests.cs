using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Rows and columns that are looked up, and the choice of experts.</summary>
public sealed class GatherTests
{
    [Fact]
    public void Rows_of_every_format_are_decoded()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            foreach (var type in Enum.GetValues<DType>())
            {
                var (rows, width, count) = (random.Next(1, 20), type.BlockElements * random.Next(1, 4), random.Next(5));
                var table = RandomBytes(random, type, rows, width);
                var indices = Guarded.Indices(random, rows, count);
                var actual = Run(
                    random, new GatherRows(type, width), count, [(DType.F32, [count, width])],
                    addresses => [Address(table), Address(indices), .. addresses])[0];
                for (var i = 0; i < count; i++)
                {
                    var expected = new float[width];
                    var rowBytes = (int)type.ByteLength(width);
                    NumberFormats.Dequantize(
                        type, table.AsSpan<byte>().Slice(indices.AsSpan<int>()[i] * rowBytes, rowBytes), expected);
                    var same = expected.AsSpan().SequenceEqual(actual.AsSpan<float>().Slice(i * width, width));
                    Assert.True(same, $"seed {seed}: {type} ({rows}, {width}), row {i} of {count}");
                }

                GC.KeepAlive((table, indices));
            }
        }
    }

    [Fact]
    public unsafe void Rows_of_a_packed_matrix_have_the_bits_of_those_in_the_file()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            foreach (var type in Enum.GetValues<DType>().Where(PackedMatrices.KeepsNumbers))
            {
                var (rows, width, count) = (random.Next(1, 40), type.BlockElements * random.Next(1, 4), random.Next(5));
                var table = RandomBytes(random, type, rows, width);
                var matrix = new WeightMatrix(table, type, width, rows);
                using var packed = new NativeBlock(PackedMatrices.Bytes(matrix));
                PackedMatrices.Pack(matrix, 0, PackedMatrices.Groups(matrix), packed.Pointer);
                var indices = Guarded.Indices(random, rows, count);
                var (fromFile, fromPacked) = (Gather(Address(table), false), Gather((long)packed.Pointer, true));
                for (var i = 0; i < count * width; i++)
                {
                    // Numbers that are none may differ: which of two an operation hands on is the processor's affair.
                    var (expected, actual) = (fromFile.AsSpan<float>()[i], fromPacked.AsSpan<float>()[i]);
                    Assert.True(
                        BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual)
                        || (float.IsNaN(expected) && float.IsNaN(actual)),
                        $"seed {seed}: {type} ({rows}, {width}), element {i}: {actual}, not {expected}");
                }

                GC.KeepAlive((table, indices));

                TensorData Gather(long address, bool isPacked) => Run(
                    random, new GatherRows(type, width, isPacked), count, [(DType.F32, [count, width])],
                    addresses => [address, Address(indices), .. addresses])[0];
            }
        }
    }

    [Theory]
    [InlineData(DType.IQ1_S)] // packed as another format
    [InlineData(DType.IQ3_XXS)]
    [InlineData(DType.TQ1_0)]
    [InlineData(DType.I32)] // never packed
    public void Rows_are_not_taken_from_a_packed_matrix_that_holds_other_numbers(DType type)
    {
        Assert.False(PackedMatrices.KeepsNumbers(type));
        Assert.Throws<NotSupportedException>(() => PortableBackend.Make(new GatherRows(type, 256, isPacked: true)));
    }

    [Fact]
    public void The_largest_elements_are_those_of_the_reference()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, width) = (random.Next(1, 6), random.Next(1, 140));
            var count = random.Next(1, width + 1);
            // Few different numbers, so that many are equal; some are not numbers.
            var x = Guarded.Of(
                DType.F32, [rows, width],
                [.. Enumerable.Range(0, rows * width).Select(_ => random.Next(9) is > 0 and var value ? value - 4 : double.NaN)]);
            var actual = Run(
                random, new TopKRows(width, count), rows, [(DType.I32, [rows, count])],
                addresses => [Address(x), .. addresses])[0];
            var expected = Reference.Kernel.Run(new TopK(count), x);
            Assert.True(expected.AsSpan<int>().SequenceEqual(actual.AsSpan<int>()), $"seed {seed}: {count} of {width}");
        }
    }

    [Fact]
    public void Columns_are_taken_and_indices_out_of_range_take_the_nearest()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, width, count) = (random.Next(1, 6), random.Next(1, 40), random.Next(1, 9));
            var x = Guarded.Random(random, DType.F32, rows, width);
            var indices = Guarded.Of(
                DType.I32, [rows, count], [.. Enumerable.Range(0, rows * count).Select(_ => (double)random.Next(-2, width + 2))]);
            var actual = Run(
                random, new GatherColumns(width, count), rows, [(DType.F32, [rows, count])],
                addresses => [Address(x), Address(indices), .. addresses])[0];
            for (var i = 0; i < rows * count; i++)
            {
                var column = Math.Clamp(indices.AsSpan<int>()[i], 0, width - 1);
                Assert.Equal(x.AsSpan<float>()[i / count * width + column], actual.AsSpan<float>()[i]);
            }
        }
    }

    [Fact]
    public void Rows_are_sorted_by_expert_and_keep_their_order()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, experts) = (random.Next(0, 60), random.Next(1, 12));
            var groups = Guarded.Of(
                DType.I32, [rows], [.. Enumerable.Range(0, rows).Select(_ => (double)random.Next(-1, experts + 1))]);
            var actual = Run(
                random, new ExpertOrder(experts), 1, [(DType.I32, [experts + 1]), (DType.I32, [rows])],
                addresses => [Address(groups), rows, .. addresses]);
            var experted = groups.AsSpan<int>().ToArray().Select(group => Math.Clamp(group, 0, experts - 1)).ToArray();
            var sorted = Enumerable.Range(0, rows).OrderBy(row => experted[row]).ToArray();
            var starts = Enumerable.Range(0, experts + 1).Select(expert => experted.Count(group => group < expert)).ToArray();
            Assert.True(actual[0].AsSpan<int>().SequenceEqual(starts), $"seed {seed}: starts of {experts} experts");
            Assert.True(actual[1].AsSpan<int>().SequenceEqual(sorted), $"seed {seed}: {rows} rows of {experts} experts");
        }
    }

    [Fact]
    public unsafe void Calls_allocate_nothing()
    {
        var random = new Random(1);
        foreach (var type in Enum.GetValues<DType>())
        {
            var table = RandomBytes(random, type, 3, 256);
            var indices = Guarded.Indices(random, 3, 2);
            var output = Guarded.Poisoned(DType.F32, 2, 256).Data;
            Assert.Equal(0, Allocated(new GatherRows(type, 256), 2, Address(table), Address(indices), Address(output)));
            if (PackedMatrices.KeepsNumbers(type))
            {
                using var packed = new NativeBlock(PackedMatrices.Bytes(new WeightMatrix(table, type, 256, 3)));
                new Span<byte>(packed.Pointer, (int)packed.Bytes).Clear();
                var gather = new GatherRows(type, 256, isPacked: true);
                Assert.Equal(0, Allocated(gather, 2, (long)packed.Pointer, Address(indices), Address(output)));
            }

            GC.KeepAlive((table, indices, output));
        }

        var x = Guarded.Random(random, DType.F32, 4, 64);
        var chosen = Guarded.Poisoned(DType.I32, 4, 8).Data;
        var (starts, sorted, weights) =
            (Guarded.Poisoned(DType.I32, 65).Data, Guarded.Poisoned(DType.I32, 32).Data, Guarded.Poisoned(DType.F32, 4, 8).Data);
        Assert.Equal(0, Allocated(new TopKRows(64, 8), 4, Address(x), Address(chosen)));
        Assert.Equal(0, Allocated(new GatherColumns(64, 8), 4, Address(x), Address(chosen), Address(weights)));
        Assert.Equal(0, Allocated(new ExpertOrder(64), 1, Address(chosen), 32, Address(starts), Address(sorted)));
        GC.KeepAlive((x, chosen, starts, sorted, weights));
    }

    // Any bytes are rows of any format; what they decode to need not be finite.
    private static TensorData RandomBytes(Random random, DType type, long rows, long width)
    {
        var data = Guarded.Poisoned(type, rows, width).Data;
        random.NextBytes(data.AsSpan<byte>());
        return data;
    }
}

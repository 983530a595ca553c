using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Elements that move from one layout to another.</summary>
public sealed class CopyTests
{
    [Fact]
    public void Axes_are_permuted_sliced_and_repeated()
    {
        DType[] types = [DType.I8, DType.F16, DType.F32, DType.F64];
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (type, axes) = (types[random.Next(4)], random.Next(1, StridedCopy.MostAxes + 1));
            // A slice of a larger destination, whose other elements stay; the source's axes lie in any order, some only once.
            var sizes = Enumerable.Range(0, axes).Select(_ => (long)random.Next(1, 5)).ToArray();
            var larger = sizes.Select(size => size + random.Next(2)).ToArray();
            var order = Enumerable.Range(0, axes).ToArray();
            random.Shuffle(order);
            var isRepeated = sizes.Select(_ => random.Next(5) == 0).ToArray();
            var (sourceStrides, targetStrides) = (new long[axes], new long[axes]);
            var (elements, room) = (1L, 1L);
            foreach (var axis in order)
            {
                if (isRepeated[axis]) continue;
                sourceStrides[axis] = elements;
                elements *= sizes[axis];
            }

            for (var axis = axes - 1; axis >= 0; axis--)
            {
                targetStrides[axis] = room;
                room *= larger[axis];
            }

            var source = Guarded.Poisoned(type, elements).Data;
            random.NextBytes(source.AsSpan<byte>());
            var bytes = type.BlockBytes;
            var actual = Run(
                random, new StridedCopy(axes, bytes), sizes[0], [(type, [room])],
                addresses =>
                [
                    Address(source), addresses[0],
                    .. Enumerable.Range(0, axes)
                        .SelectMany(axis => new[] { sizes[axis], sourceStrides[axis], targetStrides[axis] }),
                ])[0];
            var expected = new byte[room * bytes];
            expected.AsSpan().Fill(0xFF);
            foreach (var index in Reference.Kernel.Indices(sizes))
            {
                var from = index.Zip(sourceStrides, (i, stride) => i * stride).Sum();
                var to = index.Zip(targetStrides, (i, stride) => i * stride).Sum();
                source.AsSpan<byte>().Slice((int)from * bytes, bytes).CopyTo(expected.AsSpan((int)to * bytes));
            }

            Assert.True(actual.AsSpan<byte>().SequenceEqual(expected), $"seed {seed}: {type}, sizes {string.Join(' ', sizes)}");
            GC.KeepAlive(source);
        }
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        var source = Guarded.Random(new Random(1), DType.F32, 4, 8);
        var target = Guarded.Poisoned(DType.F32, 8, 4).Data;
        Assert.Equal(0, Allocated(new StridedCopy(2, 4), 8, Address(source), Address(target), 8, 1, 4, 4, 8, 1));
        GC.KeepAlive((source, target));
    }
}

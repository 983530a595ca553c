using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Tests.Reference;

/// <summary>Runs one operation of the reference backend on poisoned memory and compares every element.</summary>
internal static class Kernel
{
    /// <summary>A generator whose seed is printed with the test.</summary>
    public static Random Seeded(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    /// <summary>The result of an operation on inputs of known sizes.</summary>
    public static TensorData Run(Op op, params TensorData[] inputs) => Run(op, 1, inputs);

    /// <summary>The result of an operation, computed by so many threads.</summary>
    public static TensorData Run(Op op, int threads, params TensorData[] inputs)
    {
        var nodes = inputs.Select((input, i) => new Node(new Input($"x{i}", input.Type, Shape.Of(input.Sizes)), [])).ToArray();
        var node = new Node(op, nodes);
        var sizes = node.Shape.Evaluate(new Dictionary<Symbol, long>());
        var output = Guarded.Poisoned(node.Type, sizes);
        new ReferenceBackend(threads).Compute(node, inputs, output.Data);
        GC.KeepAlive(inputs);
        output.CheckGuards();
        return output.Data;
    }

    /// <summary>
    /// Compares every element: the difference may be the tolerance times the expected size, or times 1 where that is larger.
    /// </summary>
    public static void AssertClose(ReadOnlySpan<double> expected, TensorData actual, double tolerance)
    {
        var values = Guarded.Doubles(actual);
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var (e, a) = (expected[i], values[i]);
            if (e.Equals(a) || e == a || Math.Abs(e - a) <= tolerance * Math.Max(1, Math.Abs(e))) continue;
            Assert.Fail($"element {i} of {actual} is {a:R}, not {e:R}");
        }
    }

    /// <summary>Compares every byte.</summary>
    public static void AssertSameBits(TensorData expected, TensorData actual)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.True(expected.AsSpan<byte>().SequenceEqual(actual.AsSpan<byte>()), $"{expected}: bits differ");
    }

    /// <summary>Every index of a tensor in row-major order.</summary>
    public static IEnumerable<long[]> Indices(long[] sizes)
    {
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        for (long flat = 0; flat < count; flat++)
        {
            var index = new long[sizes.Length];
            var rest = flat;
            for (var axis = sizes.Length - 1; axis >= 0; axis--) (rest, index[axis]) = Math.DivRem(rest, sizes[axis]);
            yield return index;
        }
    }

    /// <summary>The row-major place of an index; axes of size 1 (or absent, at the front) stretch.</summary>
    public static long Flat(ReadOnlySpan<long> sizes, ReadOnlySpan<long> index)
    {
        long flat = 0;
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            flat = flat * sizes[axis] + (sizes[axis] == 1 ? 0 : index[axis + index.Length - sizes.Length]);
        }

        return flat;
    }

    /// <summary>The tolerance of sums and functions in a type.</summary>
    public static double Tolerance(DType type) => type == DType.F64 ? 1e-13 : 2e-6;
}

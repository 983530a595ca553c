using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Calls portable kernels: in one piece and in several, and counts what they allocate.</summary>
internal static unsafe class PortableCall
{
    /// <summary>
    /// Runs a kernel in one piece and cut at random places, into poisoned memory both times; the bytes must be the same, and those
    /// around the outputs as they were.
    /// </summary>
    /// <param name="random">Where to cut.</param>
    /// <param name="specification">What to run.</param>
    /// <param name="count">The length of its range.</param>
    /// <param name="outputs">Types and sizes of what it writes.</param>
    /// <param name="arguments">Its arguments, given the outputs.</param>
    /// <param name="prepare">Gives outputs that are states what they hold before.</param>
    public static TensorData[] Run(
        Random random, KernelSpecification specification, long count, (DType Type, long[] Sizes)[] outputs,
        Func<long[], long[]> arguments, Action<TensorData[]>? prepare = null)
    {
        var kernel = PortableBackend.Make(specification);
        TensorData[] Once(params long[] cuts)
        {
            var results = outputs.Select(output => Guarded.Poisoned(output.Type, output.Sizes)).ToArray();
            var data = results.Select(result => result.Data).ToArray();
            prepare?.Invoke(data);
            var given = arguments([.. data.Select(Address)]);
            Assert.Equal(specification.ArgumentCount, given.Length);
            for (var i = 0; i + 1 < cuts.Length; i++) kernel.Invoke(given, cuts[i], cuts[i + 1]);
            foreach (var result in results) result.CheckGuards();
            return data;
        }

        var whole = Once(0, count);
        var cut = Once([0, .. Enumerable.Range(0, 3).Select(_ => random.NextInt64(count + 1)).Order(), count]);
        foreach (var (a, b) in whole.Zip(cut))
        {
            Assert.True(a.AsSpan<byte>().SequenceEqual(b.AsSpan<byte>()), $"{specification}: bits depend on the cut");
        }

        return whole;
    }

    /// <summary>Bytes that calls of a kernel allocate, when it is warm.</summary>
    public static long Allocated(KernelSpecification specification, long count, params long[] arguments)
    {
        var kernel = PortableBackend.Make(specification);
        using var scratch = new NativeBlock(kernel.ScratchBytes);
        long[] slots = [.. arguments, kernel.Context];
        fixed (long* pointer = slots)
        {
            kernel.Function(pointer, 0, count, scratch.Pointer);
            // The runtime may come to load or compile something just now, once: what calls allocate they allocate in every round.
            var least = long.MaxValue;
            for (var round = 0; round < 5 && least > 0; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 10; i++) kernel.Function(pointer, 0, count, scratch.Pointer);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            GC.KeepAlive(kernel);
            return least;
        }
    }

    public static long Address(TensorData data) => (long)data.Pointer;
}

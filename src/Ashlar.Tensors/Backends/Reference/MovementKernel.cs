using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Operations that only move elements: copies between a strided view and contiguous memory.</summary>
internal static unsafe class MovementKernel
{
    public static void Permute(Permute permute, TensorData input, TensorData output)
    {
        var from = Broadcasting.Strides(input.Sizes, input.Sizes);
        var strides = new long[from.Length];
        for (var axis = 0; axis < strides.Length; axis++) strides[axis] = from[permute.Axes[axis]];
        Copy(input, 0, strides, output, 0, Broadcasting.Strides(output.Sizes, output.Sizes), output.Sizes);
    }

    public static void Slice(Slice slice, TensorData input, TensorData output)
    {
        var axis = Shape.AxisFromFront(slice.Axis, input.Sizes.Length);
        if (slice.Start > input.Sizes[axis] - output.Sizes[axis])
        {
            throw new InvalidOperationException($"{output.Sizes[axis]} from {slice.Start} reaches past {input.Sizes[axis]}");
        }

        var strides = Broadcasting.Strides(input.Sizes, input.Sizes);
        Copy(
            input, slice.Start * strides[axis], strides, output, 0, Broadcasting.Strides(output.Sizes, output.Sizes),
            output.Sizes);
    }

    public static void Expand(TensorData input, TensorData output) =>
        Copy(
            input, 0, Broadcasting.Strides(input.Sizes, output.Sizes), output, 0,
            Broadcasting.Strides(output.Sizes, output.Sizes), output.Sizes);

    public static void Concat(Concat concat, ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        var axis = Shape.AxisFromFront(concat.Axis, output.Sizes.Length);
        var strides = Broadcasting.Strides(output.Sizes, output.Sizes);
        long start = 0;
        foreach (var input in inputs)
        {
            Copy(input, 0, Broadcasting.Strides(input.Sizes, input.Sizes), output, start * strides[axis], strides, input.Sizes);
            start += input.Sizes[axis];
        }
    }

    private static void Copy(
        TensorData from, long fromOffset, ReadOnlySpan<long> fromStrides,
        TensorData to, long toOffset, ReadOnlySpan<long> toStrides, ReadOnlySpan<long> sizes)
    {
        if (TensorData.CountElements(sizes) == 0) return;
        switch (from.Type.BlockBytes)
        {
            case 1: Copy(from.As<byte>() + fromOffset, fromStrides, to.As<byte>() + toOffset, toStrides, sizes); break;
            case 2: Copy(from.As<ushort>() + fromOffset, fromStrides, to.As<ushort>() + toOffset, toStrides, sizes); break;
            case 4: Copy(from.As<uint>() + fromOffset, fromStrides, to.As<uint>() + toOffset, toStrides, sizes); break;
            case 8: Copy(from.As<ulong>() + fromOffset, fromStrides, to.As<ulong>() + toOffset, toStrides, sizes); break;
            default: throw new NotSupportedException($"no element of {from.Type} can be moved alone");
        }
    }

    private static void Copy<T>(
        T* from, ReadOnlySpan<long> fromStrides, T* to, ReadOnlySpan<long> toStrides, ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        // Inner axes that lie in order on both sides are one run.
        long run = 1;
        var rank = sizes.Length;
        while (rank > 0 && (sizes[rank - 1] == 1 || (fromStrides[rank - 1] == run && toStrides[rank - 1] == run)))
        {
            run *= sizes[--rank];
        }
        CopyRuns(from, fromStrides, to, toStrides, sizes[..rank], run);
    }

    private static void CopyRuns<T>(
        T* from, ReadOnlySpan<long> fromStrides, T* to, ReadOnlySpan<long> toStrides, ReadOnlySpan<long> sizes, long run)
        where T : unmanaged
    {
        if (sizes.Length == 0)
        {
            Buffer.MemoryCopy(from, to, run * sizeof(T), run * sizeof(T));
        }
        else if (sizes.Length == 1 && run == 1)
        {
            for (long i = 0; i < sizes[0]; i++) to[i * toStrides[0]] = from[i * fromStrides[0]];
        }
        else
        {
            for (long i = 0; i < sizes[0]; i++)
            {
                CopyRuns(from + i * fromStrides[0], fromStrides[1..], to + i * toStrides[0], toStrides[1..], sizes[1..], run);
            }
        }
    }
}

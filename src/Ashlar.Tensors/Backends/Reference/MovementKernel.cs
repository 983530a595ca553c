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

    public static void Slice(Slice slice, Node node, TensorData input, TensorData output)
    {
        var axis = slice.Axis < 0 ? slice.Axis + input.Sizes.Length : slice.Axis;
        if (slice.Start + output.Sizes[axis] > input.Sizes[axis])
        {
            throw new InvalidOperationException($"{node.Describe()}: {slice.Start} + {output.Sizes[axis]} reaches past {input.Sizes[axis]}");
        }

        var strides = Broadcasting.Strides(input.Sizes, input.Sizes);
        Copy(input, slice.Start * strides[axis], strides, output, 0, Broadcasting.Strides(output.Sizes, output.Sizes), output.Sizes);
    }

    public static void Expand(TensorData input, TensorData output) =>
        Copy(input, 0, Broadcasting.Strides(input.Sizes, output.Sizes), output, 0, Broadcasting.Strides(output.Sizes, output.Sizes), output.Sizes);

    public static void Concat(Concat concat, ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        var axis = concat.Axis < 0 ? concat.Axis + output.Sizes.Length : concat.Axis;
        var strides = Broadcasting.Strides(output.Sizes, output.Sizes);
        long start = 0;
        foreach (var input in inputs)
        {
            Copy(input, 0, Broadcasting.Strides(input.Sizes, input.Sizes), output, start * strides[axis], strides, input.Sizes);
            start += input.Sizes[axis];
        }
    }

    private static void Copy(
        TensorData from, long fromOffset, ReadOnlySpan<long> fromStrides, TensorData to, long toOffset, ReadOnlySpan<long> toStrides, ReadOnlySpan<long> sizes)
    {
        var width = from.Type.BlockBytes;
        if (TensorData.CountElements(sizes) == 0) return;
        if (sizes.Length == 0)
        {
            Buffer.MemoryCopy(from.Pointer + fromOffset * width, to.Pointer + toOffset * width, width, width);
            return;
        }

        if (sizes.Length == 1)
        {
            var source = from.Pointer + fromOffset * width;
            var target = to.Pointer + toOffset * width;
            for (long i = 0; i < sizes[0]; i++)
            {
                Buffer.MemoryCopy(source + i * fromStrides[0] * width, target + i * toStrides[0] * width, width, width);
            }

            return;
        }

        for (long i = 0; i < sizes[0]; i++)
        {
            Copy(from, fromOffset + i * fromStrides[0], fromStrides[1..], to, toOffset + i * toStrides[0], toStrides[1..], sizes[1..]);
        }
    }
}

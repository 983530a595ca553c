using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Writes rows into a state, rounding where the state is stored in fewer bits. A wrong index leaves the state untouched.
/// </summary>
internal static unsafe class StoreKernel
{
    public static void Run(TensorData state, TensorData values, TensorData indices)
    {
        RowIndex.CheckAll(indices, state.Sizes[0], "row");
        var elements = TensorData.CountElements(state.Sizes[1..]);
        var (fromBytes, toBytes) = (values.Type.ByteLength(elements), state.Type.ByteLength(elements));
        for (long i = 0; i < indices.Elements; i++)
        {
            var source = values.Pointer + i * fromBytes;
            var target = state.Pointer + indices.As<int>()[i] * toBytes;
            if (values.Type == state.Type)
            {
                Buffer.MemoryCopy(source, target, toBytes, fromBytes);
            }
            else
            {
                NumberFormats.Quantize(
                    state.Type, new ReadOnlySpan<float>(source, checked((int)elements)),
                    new Span<byte>(target, checked((int)toBytes)));
            }
        }
    }
}

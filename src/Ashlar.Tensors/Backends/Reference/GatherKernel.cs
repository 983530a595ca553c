using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Rows of a table, decoded where they are stored in a format that is not computed with.</summary>
internal static unsafe class GatherKernel
{
    public static void Run(Gather gather, TensorData table, TensorData indices, TensorData output)
    {
        var rows = table.Sizes[gather.Shared];
        RowIndex.CheckAll(indices, rows, "row");
        var perTable = TensorData.CountElements(indices.Sizes[gather.Shared..]);
        var elements = TensorData.CountElements(table.Sizes[(gather.Shared + 1)..]);
        var (fromBytes, toBytes) = (table.Type.ByteLength(elements), output.Type.ByteLength(elements));
        for (long i = 0; i < indices.Elements; i++)
        {
            var source = table.Pointer + (i / perTable * rows + indices.As<int>()[i]) * fromBytes;
            var target = output.Pointer + i * toBytes;
            if (table.Type == output.Type)
            {
                Buffer.MemoryCopy(source, target, toBytes, fromBytes);
            }
            else
            {
                NumberFormats.Dequantize(
                    table.Type, new ReadOnlySpan<byte>(source, checked((int)fromBytes)),
                    new Span<float>(target, checked((int)elements)));
            }
        }
    }
}

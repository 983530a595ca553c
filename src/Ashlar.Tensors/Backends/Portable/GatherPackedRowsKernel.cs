using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Decodes the rows that are asked for from a matrix that is packed for products, of which they are columns.</summary>
internal sealed unsafe class GatherPackedRowsKernel : PortableKernel
{
    private const int Columns = WeightMatMul.Columns;
    private readonly DType _type;
    private readonly int _width;
    private readonly long _groupBytes;
    private readonly PackedColumn? _blocks; // null for plain numbers

    public GatherPackedRowsKernel(GatherRows gather)
    {
        (_type, _width) = (gather.Type, checked((int)gather.Width));
        if (!PackedMatrices.KeepsNumbers(_type))
        {
            throw new NotSupportedException($"packed weights of {_type} are not what the file has; gather from the file's");
        }

        if (PackedMatrices.IsPlain(_type))
        {
            _groupBytes = PlainWeights.GroupBytes(_type, _width);
            return;
        }

        var format = WeightTable.Of(_type);
        (_groupBytes, _blocks) = (format.ColumnsBytes(_width), new PackedColumn(format));
    }

    public override long ScratchBytes => _blocks is null ? _type.ByteLength(_width) : 0;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var indices = (int*)arguments[1];
        for (var i = from; i < to; i++)
        {
            var (group, column) = Math.DivRem(indices[i], Columns);
            var weights = (byte*)arguments[0] + group * _groupBytes;
            var output = new Span<float>((float*)arguments[2] + i * _width, _width);
            if (_blocks is not null) _blocks.Decode(weights, column, output);
            else DecodePlain(weights, column, scratch, output);
        }
    }

    // As they were in the file, then as from there.
    private void DecodePlain(byte* weights, int column, byte* row, Span<float> output)
    {
        for (var i = 0; i < _width; i++)
        {
            switch (_type)
            {
                case DType.F32: ((uint*)row)[i] = ((uint*)weights)[i * Columns + column]; break;
                case DType.F16: ((ushort*)row)[i] = ((ushort*)weights)[i * Columns + column]; break;
                default: ((ushort*)row)[i] = ((ushort*)weights)[i / 2 * 2 * Columns + 2 * column + i % 2]; break; // pairs
            }
        }

        NumberFormats.Dequantize(_type, new ReadOnlySpan<byte>(row, (int)_type.ByteLength(_width)), output);
    }
}

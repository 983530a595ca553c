using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Decodes the rows that are asked for, straight from the bytes of the file.</summary>
internal sealed unsafe class GatherRowsKernel : PortableKernel
{
    private readonly DType _type;
    private readonly int _width;
    private readonly int _rowBytes;

    public GatherRowsKernel(GatherRows gather)
    {
        (_type, _width) = (gather.Type, checked((int)gather.Width));
        _rowBytes = checked((int)_type.ByteLength(_width));
        // Tables of the formats that have one are made now, and not in the middle of a run.
        if (_width == 0) return;
        var block = new byte[_type.BlockBytes];
        NumberFormats.Dequantize(_type, block, new float[_type.BlockElements]);
    }

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var table = (byte*)arguments[0];
        var indices = (int*)arguments[1];
        var output = (float*)arguments[2];
        for (var i = from; i < to; i++)
        {
            NumberFormats.Dequantize(
                _type, new ReadOnlySpan<byte>(table + indices[i] * (long)_rowBytes, _rowBytes),
                new Span<float>(output + i * _width, _width));
        }
    }
}

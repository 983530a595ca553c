using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Rounds tokens' keys or values to the cache's format and puts them where their slots say.</summary>
internal sealed unsafe class CacheStoreKernel : PortableKernel
{
    private const int Positions = 16; // in a part of the transposed keys
    private readonly CacheStore _store;
    private readonly int _elements; // of a token
    private readonly int _elementBytes;

    public CacheStoreKernel(CacheStore store)
    {
        if (store.CacheType is not (DType.F32 or DType.F16 or DType.BF16))
        {
            throw new NotSupportedException($"a cache cannot be {store.CacheType}; it is F32, F16 or BF16");
        }

        (_store, _elements, _elementBytes) = (store, checked(store.KeyHeads * store.Size), store.CacheType.BlockBytes);
    }

    public override long ScratchBytes => _store.IsTransposed ? (long)_elements * _elementBytes : 0;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var cache = (byte*)arguments[0];
        var rows = (float*)arguments[1];
        var slots = (int*)arguments[2];
        var tokenBytes = _elements * _elementBytes;
        for (var token = from; token < to; token++)
        {
            var row = new ReadOnlySpan<float>(rows + token * _store.InputStride, _elements);
            var slot = (long)slots[token];
            if (!_store.IsTransposed)
            {
                NumberFormats.Quantize(_store.CacheType, row, new Span<byte>(cache + slot * tokenBytes, tokenBytes));
                continue;
            }

            NumberFormats.Quantize(_store.CacheType, row, new Span<byte>(scratch, tokenBytes));
            // (rows / 16, elements, 16)
            var column = cache + slot / Positions * Positions * tokenBytes + slot % Positions * _elementBytes;
            if (_elementBytes == 4) Spread((uint*)scratch, (uint*)column);
            else Spread((ushort*)scratch, (ushort*)column);
        }
    }

    private void Spread<T>(T* from, T* to) where T : unmanaged
    {
        for (var i = 0; i < _elements; i++) to[i * Positions] = from[i];
    }
}

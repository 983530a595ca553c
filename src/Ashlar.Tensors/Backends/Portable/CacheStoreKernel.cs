using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Rounds tokens' keys or values to the cache's format and puts them where their slots say.</summary>
internal sealed unsafe class CacheStoreKernel : PortableKernel
{
    private const int Positions = 16; // in a part of the transposed keys
    private readonly CacheStore _store;
    private readonly int _elements; // of a token
    private readonly int _elementBytes; // or those of a block

    public CacheStoreKernel(CacheStore store)
    {
        if (!CacheStore.CanBe(store.CacheType, store.Size))
        {
            throw new NotSupportedException(
                $"a cache of heads of {store.Size} cannot be {store.CacheType}; it is F32, F16, BF16, or Q8_0 where heads are a "
                    + $"multiple of {CacheStore.BlockElements}");
        }

        (_store, _elements, _elementBytes) = (store, checked(store.KeyHeads * store.Size), store.CacheType.BlockBytes);
    }

    public override long ScratchBytes => _store.CacheType.ByteLength(_elements);

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var cache = (byte*)arguments[0];
        var rows = (float*)arguments[1];
        var slots = (int*)arguments[2];
        var tokenBytes = (int)_store.CacheType.ByteLength(_elements);
        for (var token = from; token < to; token++)
        {
            var row = new ReadOnlySpan<float>(rows + token * _store.InputStride, _elements);
            var slot = (long)slots[token];
            if (_store.CacheType == DType.Q8_0)
            {
                NumberFormats.Quantize(DType.Q8_0, row, new Span<byte>(scratch, tokenBytes));
                SpreadBlocks(scratch, cache + slot / Positions * Positions * tokenBytes, (int)(slot % Positions));
                continue;
            }

            if (!_store.IsTransposed && !_store.HasPairs)
            {
                NumberFormats.Quantize(_store.CacheType, row, new Span<byte>(cache + slot * tokenBytes, tokenBytes));
                continue;
            }

            NumberFormats.Quantize(_store.CacheType, row, new Span<byte>(scratch, tokenBytes));
            if (_store.HasPairs)
            {
                var part = cache + slot / Positions * Positions * tokenBytes;
                SpreadPairs((ushort*)scratch, (ushort*)part, (int)(slot % Positions));
                continue;
            }

            // (rows / 16, elements, 16)
            var column = cache + slot / Positions * Positions * tokenBytes + slot % Positions * _elementBytes;
            if (_elementBytes == 4) Spread((uint*)scratch, (uint*)column);
            else Spread((ushort*)scratch, (ushort*)column);
        }
    }

    // From blocks one behind the other to one of sixteen in each of the part's.
    private void SpreadBlocks(byte* from, byte* part, int place)
    {
        for (var block = 0; block < _elements / CacheStore.BlockElements; block++)
        {
            ((ushort*)part)[place] = *(ushort*)from;
            var (codes, target) = ((nint)(from + sizeof(ushort)), (nint)(part + CacheStore.ScaleBytes));
            if (_store.IsTransposed)
            {
                for (var i = 0; i < CacheStore.BlockElements; i++) ((byte*)target)[i * Positions + place] = ((byte*)codes)[i];
            }
            else
            {
                new ReadOnlySpan<byte>((byte*)codes, CacheStore.BlockElements).CopyTo(
                    new Span<byte>((byte*)target + place * CacheStore.BlockElements, CacheStore.BlockElements));
            }

            from += _elementBytes;
            part += CacheStore.BlockBytes;
        }
    }

    // Of keys (heads, size / 2, 16, 2), of values (heads, 8, size, 2). A pair's other number may be another thread's to write.
    private void SpreadPairs(ushort* from, ushort* part, int place)
    {
        for (var i = 0; i < _elements; i++)
        {
            var (head, element) = (i / _store.Size, i % _store.Size);
            var at = _store.IsTransposed
                ? (i / 2 * Positions + place) * 2 + i % 2
                : ((head * (Positions / 2) + place / 2) * _store.Size + element) * 2 + place % 2;
            part[at] = from[i];
        }
    }

    private void Spread<T>(T* from, T* to) where T : unmanaged
    {
        for (var i = 0; i < _elements; i++) to[i * Positions] = from[i];
    }
}

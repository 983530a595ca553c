using Ashlar.Tensors.Backends.Kernels;
namespace Ashlar.Tensors.Runtime;
internal sealed unsafe class AttentionItems : IDisposable
{
    private NativeBlock _block = new(0);
    public long Count { get; private set; }
    public int* Pointer => (int*)_block.Pointer;
    public void Prepare(ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, int threads)
    {
        if (_block.Bytes < positions.Length * 8) _block = new NativeBlock(positions.Length * 16);
        Count = 0;
        for (var i = 0; i < positions.Length;)
        {
            var n = 1;
            while (i + n < positions.Length && n < PagedAttention.TokensPerItem && sequences[i + n] == sequences[i] && positions[i + n] == positions[i] + n) n++;
            Pointer[Count * 2] = i; Pointer[Count * 2 + 1] = n; Count++; i += n;
        }
    }
    public void Dispose() => _block.Dispose();
}

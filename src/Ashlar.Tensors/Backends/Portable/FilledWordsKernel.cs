using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Writes one number again and again.</summary>
internal sealed unsafe class FilledWordsKernel(FilledWords fill) : PortableKernel
{
    private const int Most = 1 << 28; // elements of a span

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        for (; from < to; from += Most)
        {
            new Span<int>((int*)arguments[0] + from, (int)Math.Min(Most, to - from)).Fill(fill.Bits);
        }
    }
}

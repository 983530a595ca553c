using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Puts rows together of parts.</summary>
internal sealed unsafe class JoinedPartsKernel(JoinedParts join) : PortableKernel
{
    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var parts = (Part*)(arguments + 1);
        long width = 0;
        for (var i = 0; i < join.Parts; i++) width += parts[i].Elements;
        for (var row = from / width; row * width < to; row++)
        {
            var start = row * width; // of the part, in the output
            for (var i = 0; i < join.Parts; i++)
            {
                var elements = parts[i].Elements;
                var (first, last) = (Math.Max(start, from), Math.Min(start + elements, to));
                if (first < last)
                {
                    var bytes = (last - first) * join.ElementBytes;
                    var source = (byte*)parts[i].Address + (row * elements + first - start) * join.ElementBytes;
                    Buffer.MemoryCopy(source, (byte*)arguments[0] + first * join.ElementBytes, bytes, bytes);
                }

                start += elements;
            }
        }
    }

    // As the arguments give it.
    private readonly struct Part(long address, long elements)
    {
        public readonly long Address = address;
        public readonly long Elements = elements;
    }
}

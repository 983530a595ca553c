using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// A kernel in C#: what was worked out of its specification once, and the loop that computes. It allocates nothing and throws
/// nothing, as its callers are not managed code; what could be wrong is refused when it is made.
/// </summary>
internal abstract unsafe class PortableKernel
{
    /// <summary>How much scratch memory a call uses.</summary>
    public virtual long ScratchBytes => 0;

    /// <summary>Computes [from, to) of the specification's range, with the specification's arguments.</summary>
    public abstract void Run(long* arguments, long from, long to, byte* scratch);

    /// <summary>This as a function, to be called with this kernel's handle behind the arguments.</summary>
    public Kernel ToKernel(KernelSpecification specification)
    {
        var (count, most) = (specification.ArgumentCount, PortableEntry.MostArguments);
        if (count > most)
        {
            throw new NotSupportedException($"'{specification}' takes {count} arguments; kernels in C# take {most}");
        }

        var handle = new Handle(this);
        return new Kernel(PortableEntry.For(count), ScratchBytes, handle, context: handle.Value);
    }

    // Lives as long as the function may be called.
    private sealed class Handle : SafeHandle
    {
        public Handle(PortableKernel kernel) : base(0, ownsHandle: true) =>
            SetHandle(GCHandle<PortableKernel>.ToIntPtr(new GCHandle<PortableKernel>(kernel)));

        public nint Value => handle;

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            GCHandle<PortableKernel>.FromIntPtr(handle).Dispose();
            return true;
        }
    }
}

using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>A block of native memory, aligned to a cache line (64 bytes); freed when nobody refers to it any more.</summary>
internal sealed unsafe class NativeBlock : SafeHandle
{
    private const int Alignment = 64;

    public NativeBlock(long bytes) : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = Math.Max(bytes, 1);
        SetHandle((nint)NativeMemory.AlignedAlloc(checked((nuint)Bytes), Alignment));
    }

    public long Bytes { get; }

    public byte* Pointer => (byte*)handle;

    /// <summary>
    /// Whether a user was given a view of the block: then only the finalizer may free it, when no view is left.
    /// </summary>
    public bool IsLent { get; set; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

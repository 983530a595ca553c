using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Memory filled with 0xFF, which is NaN in every float, between guards of 256 bytes.</summary>
internal sealed unsafe class GuardedBlock : IDisposable
{
    private const int Guard = 256;
    private readonly NativeBlock _memory;
    private readonly long _bytes;

    public GuardedBlock(long bytes)
    {
        _bytes = bytes;
        _memory = new NativeBlock(bytes + 2 * Guard);
        new Span<byte>(_memory.Pointer, checked((int)_memory.Bytes)).Fill(0xFF);
    }

    public byte* Pointer => _memory.Pointer + Guard;

    public Span<byte> Bytes => new(Pointer, checked((int)_bytes));

    public float* Floats => (float*)Pointer;

    public int* Integers => (int*)Pointer;

    public static GuardedBlock Of<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var block = new GuardedBlock(values.Length * sizeof(T));
        values.CopyTo(new Span<T>(block.Pointer, values.Length));
        return block;
    }

    /// <summary>Fails where a byte around the memory changed.</summary>
    public void Check(string what)
    {
        Assert.True(new Span<byte>(_memory.Pointer, Guard).IndexOfAnyExcept((byte)0xFF) < 0, $"{what}: wrote before the first");
        Assert.True(new Span<byte>(Pointer + _bytes, Guard).IndexOfAnyExcept((byte)0xFF) < 0, $"{what}: wrote past the last");
    }

    public void Dispose() => _memory.Dispose();
}

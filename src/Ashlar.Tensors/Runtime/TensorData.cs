using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors;

/// <summary>
/// The elements of a tensor in memory: contiguous, row-major, little-endian. It is owned by what it was made from (a mapped file,
/// an arena), or frees itself when nobody refers to it any more.
/// </summary>
public sealed unsafe class TensorData
{
    private readonly long[] _sizes;
    private readonly object? _owner;

    private TensorData(byte* pointer, DType type, ReadOnlySpan<long> sizes, object? owner)
    {
        Pointer = pointer;
        (Type, _sizes, _owner) = (type, sizes.ToArray(), owner);
        Elements = CountElements(sizes);
        Bytes = type.ByteLength(Elements);
        if (pointer is null && Bytes > 0) throw new ArgumentNullException(nameof(pointer));
        if (type.IsBlocked && (sizes.Length == 0 || sizes[^1] % type.BlockElements != 0))
        {
            throw new ArgumentException(
                $"the last axis of a {type} tensor must be a multiple of {type.BlockElements}", nameof(sizes));
        }
    }

    /// <summary>The element type.</summary>
    public DType Type { get; }

    /// <summary>The size of each axis, outermost first.</summary>
    public ReadOnlySpan<long> Sizes => _sizes;

    /// <summary>The number of elements.</summary>
    public long Elements { get; }

    /// <summary>The number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>Whether the elements lie in a mapped file, as <see cref="WrapFile"/> says.</summary>
    internal bool IsFileMapping { get; private init; }

    /// <summary>The first byte. Valid while this object is reachable.</summary>
    public byte* Pointer { get; }

    /// <summary>Memory of its own, not cleared.</summary>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public static TensorData Allocate(DType type, params ReadOnlySpan<long> sizes)
    {
        var block = new NativeBlock(type.ByteLength(CountElements(sizes)));
        return new TensorData(block.Pointer, type, sizes, block);
    }

    /// <summary>Memory of its own, filled with zero bytes.</summary>
    public static TensorData Zeros(DType type, params ReadOnlySpan<long> sizes)
    {
        // The system gives large memory zeroed, and only when it is touched: a long cache costs what is in it.
        const long Large = 1 << 20;
        var bytes = type.ByteLength(CountElements(sizes));
        if (bytes >= Large)
        {
            var arena = new Arena();
            arena.Ensure(bytes);
            return new TensorData(arena.Pointer, type, sizes, arena);
        }

        var data = Allocate(type, sizes);
        NativeMemory.Clear(data.Pointer, checked((nuint)data.Bytes));
        return data;
    }

    /// <summary>A copy of an array.</summary>
    /// <param name="values">
    /// As many elements as the sizes' product, of float, double, Half, sbyte, short, int, long or bool.
    /// </param>
    /// <param name="sizes">The size of each axis; none given means one axis of all values.</param>
    public static TensorData From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> sizes) where T : unmanaged
    {
        if (sizes.Length == 0) sizes = [values.Length];
        if (CountElements(sizes) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the sizes ({Text(sizes)})", nameof(values));
        }
        var data = Allocate(TypeOf<T>(), sizes);
        values.CopyTo(data.AsSpan<T>());
        return data;
    }

    /// <summary>Memory that somebody else owns.</summary>
    /// <param name="pointer">The first byte; as many more as type and sizes need must be readable while the owner lives.</param>
    /// <param name="owner">What keeps the memory valid while it is reachable.</param>
    /// <param name="type">The element type.</param>
    /// <param name="sizes">The size of each axis.</param>
    public static TensorData Wrap(byte* pointer, object owner, DType type, params ReadOnlySpan<long> sizes) =>
        new(pointer, type, sizes, owner);

    /// <summary>
    /// Part of a file that is mapped for reading and never written. Whoever has made other use of the elements may give the
    /// memory's pages back to the system; they come from the file again when they are read.
    /// </summary>
    /// <inheritdoc cref="Wrap"/>
    public static TensorData WrapFile(byte* pointer, object owner, DType type, params ReadOnlySpan<long> sizes) =>
        new(pointer, type, sizes, owner) { IsFileMapping = true };

    /// <summary>
    /// The elements, as numbers of the type that matches (Half for F16, raw ushort for F16 and BF16, byte for any).
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// <typeparamref name="T"/> does not match, or there are more than fit a span.
    /// </exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        var matches = typeof(T) == typeof(byte) || TypeOf<T>() == Type
            || (typeof(T) == typeof(ushort) && Type is DType.F16 or DType.BF16);
        if (!matches) throw new InvalidOperationException($"a tensor of {Type} has no elements of {typeof(T).Name}");
        if (Bytes / sizeof(T) > int.MaxValue)
        {
            throw new InvalidOperationException($"{Bytes / sizeof(T)} elements do not fit one span");
        }
        return new Span<T>(Pointer, (int)(Bytes / sizeof(T)));
    }

    /// <summary>The same elements under other sizes with the same product.</summary>
    public TensorData View(params ReadOnlySpan<long> sizes)
    {
        if (CountElements(sizes) != Elements)
        {
            throw new ArgumentException($"{this} does not fill the sizes ({Text(sizes)})", nameof(sizes));
        }
        return new TensorData(Pointer, Type, sizes, this);
    }

    /// <summary>Some of the elements, one behind the other, under sizes of their own.</summary>
    /// <param name="start">The first of them; in a block format, the first of a block.</param>
    /// <param name="sizes">The size of each axis.</param>
    public TensorData Part(long start, params ReadOnlySpan<long> sizes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (CountElements(sizes) is var count && count > Elements - start)
        {
            throw new ArgumentException($"{this} has no {count} elements from {start} on", nameof(sizes));
        }

        return new TensorData(Pointer + Type.ByteLength(start), Type, sizes, this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} ({Text(_sizes)})";

    internal static long CountElements(ReadOnlySpan<long> sizes)
    {
        long elements = 1;
        foreach (var size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
            elements = checked(elements * size);
        }

        return elements;
    }

    private static string Text(ReadOnlySpan<long> sizes) => string.Join(", ", sizes.ToArray());

    private static DType TypeOf<T>() => default(T) switch
    {
        float => DType.F32,
        double => DType.F64,
        Half => DType.F16,
        sbyte => DType.I8,
        short => DType.I16,
        int => DType.I32,
        long => DType.I64,
        bool => DType.Bool,
        ushort or byte => (DType)(-1),
        _ => throw new InvalidOperationException($"no element type is stored as {typeof(T).Name}"),
    };

    // Reads the elements through a pointer that does not move; the caller keeps this object reachable.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* As<T>() where T : unmanaged => (T*)Pointer;
}

using Ashlar.Tensors;

namespace Ashlar.Models.Storage;

/// <summary>
/// A tensor that a writer has been told of: its description, and who supplies the elements when their time comes.
/// </summary>
internal sealed record TensorToWrite(string Name, DType Type, long[] Shape, long ByteLength, Action<Stream> Supply)
{
    private const int PieceBytes = 1 << 20;

    /// <exception cref="ArgumentException">
    /// A size is negative, or rows do not fill blocks, or the tensor passes 2^63 bytes.
    /// </exception>
    public static TensorToWrite Create(string name, DType type, ReadOnlySpan<long> shape, Action<Stream> supply)
    {
        var elements = 1L;
        try
        {
            foreach (var size in shape)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
                elements = checked(elements * size);
            }

            var row = shape.Length == 0 ? 1 : shape[^1];
            _ = type.ByteLength(row);
            return new TensorToWrite(name, type, shape.ToArray(), type.ByteLength(elements), supply);
        }
        catch (OverflowException)
        {
            throw new ArgumentException(
                $"tensor '{name}' of shape ({string.Join(", ", shape.ToArray())}) has more than 2^63 bytes", nameof(shape));
        }
    }

    /// <summary>Supplies all bytes of a tensor of another file, a piece at a time.</summary>
    public static Action<Stream> From(StoredTensor tensor) => stream =>
    {
        for (var done = 0L; done < tensor.ByteLength; done += PieceBytes)
        {
            stream.Write(tensor.Slice(done, (int)Math.Min(PieceBytes, tensor.ByteLength - done)));
        }
    };

    /// <summary>
    /// Has the elements supplied into <paramref name="file"/> and sees to it that they are as many as promised.
    /// </summary>
    /// <param name="file">Where to write, in its right place.</param>
    /// <param name="reverse">Whether the file's byte order is the other one than this machine's.</param>
    public void WriteTo(Stream file, bool reverse)
    {
        using var stream = new TensorStream(file, this, reverse);
        Supply(stream);
        stream.Complete();
    }
}

using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests.Gguf;

public sealed class StoredTensorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public unsafe void A_tensor_stays_in_one_place_while_the_file_is_open_and_is_out_of_reach_after(bool bigEndian)
    {
        var file = Write(bigEndian);
        var tensor = file.Tensors["t"];

        Assert.True(tensor.Pointer == tensor.Pointer);
        Assert.True((nint)tensor.Pointer % 32 == 0);
        Assert.Equal([(short)0, (short)1, (short)2, (short)3], new ReadOnlySpan<short>(tensor.Pointer, 4).ToArray());

        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = tensor.Pointer);
        Assert.Throws<ObjectDisposedException>(() => tensor.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => tensor.Slice(0, 1).Length);
    }

    [Fact]
    public void A_slice_lies_within_the_tensor()
    {
        using var file = Write(bigEndian: false);
        var tensor = file.Tensors["t"];

        Assert.Equal([(byte)1, (byte)0], tensor.Slice(2, 2).ToArray());
        Assert.Empty(tensor.Slice(8, 0).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Slice(7, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Slice(-1, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Slice(0, -1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Slice(long.MaxValue, 1).Length);
    }

    [Fact]
    public void A_file_of_foreign_byte_order_may_be_read_by_many_threads_at_once()
    {
        using var file = Write(bigEndian: true);
        var tensor = file.Tensors["t"];

        Parallel.For(0, 64, _ => Assert.Equal(2, tensor.Slice(4, 1)[0]));
    }

    private GgufFile Write(bool bigEndian)
    {
        var writer = new GgufWriter { IsBigEndian = bigEndian };
        writer.AddTensor("t", DType.I16, [2, 2], new byte[] { 0, 0, 1, 0, 2, 0, 3, 0 });
        writer.Write(_folder.File("t.gguf"));
        return GgufFile.Open(_folder.File("t.gguf"));
    }
}

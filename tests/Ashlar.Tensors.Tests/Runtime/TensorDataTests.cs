namespace Ashlar.Tensors.Tests.Runtime;

public unsafe class TensorDataTests
{
    [Fact]
    public void Values_without_sizes_are_one_axis_even_when_there_is_one()
    {
        Assert.Equal([3], TensorData.From<float>([1, 2, 3]).Sizes.ToArray());
        Assert.Equal([1], TensorData.From<float>([1]).Sizes.ToArray());
        Assert.Equal([0], TensorData.From<float>([]).Sizes.ToArray());
        Assert.Equal([], TensorData.From<float>([1]).View().Sizes.ToArray());
    }

    [Fact]
    public void Values_must_fill_the_sizes()
    {
        Assert.Contains(
            "3 values do not fill the sizes (2, 2)",
            Assert.Throws<ArgumentException>(() => TensorData.From<float>([1, 2, 3], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "5 values do not fill the sizes (2, 2)",
            Assert.Throws<ArgumentException>(() => TensorData.From<float>(new float[5], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "F32 (4) does not fill the sizes (3)",
            Assert.Throws<ArgumentException>(() => TensorData.Zeros(DType.F32, 4).View(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_are_read_as_their_own_type_only()
    {
        var data = TensorData.Zeros(DType.F16, 3);
        Assert.Equal(3, data.AsSpan<Half>().Length);
        Assert.Equal(3, data.AsSpan<ushort>().Length);
        Assert.Equal(6, data.AsSpan<byte>().Length);
        Assert.Contains(
            "F16 has no elements of Single", Assert.Throws<InvalidOperationException>(() => data.AsSpan<float>()).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => data.AsSpan<decimal>());
        Assert.ThrowsAny<ArgumentException>(() => TensorData.From<byte>([1]));
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused_before_memory_is_taken()
    {
        Assert.ThrowsAny<ArgumentException>(() => TensorData.Allocate(DType.F32, -1));
        Assert.Throws<OverflowException>(() => TensorData.Allocate(DType.F32, long.MaxValue, 2));
        Assert.Throws<OverflowException>(() => TensorData.Allocate(DType.F32, long.MaxValue));
        Assert.Contains(
            "multiple of 32", Assert.ThrowsAny<ArgumentException>(() => TensorData.Allocate(DType.Q4_0, 64, 16)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => TensorData.Wrap(null, new object(), DType.F32, 1));
        Assert.Equal(0, TensorData.Wrap(null, new object(), DType.F32, 0).Elements);
    }

    [Fact]
    public void Memory_begins_at_a_cache_line_and_views_keep_it()
    {
        TensorData view;
        {
            var data = TensorData.Allocate(DType.I64, 10, 1000);
            Assert.Equal(0, (nint)data.Pointer % 64);
            data.AsSpan<long>().Fill(42);
            view = data.View(1000, 10);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(-1, view.AsSpan<long>().IndexOfAnyExcept(42));
        GC.KeepAlive(view);
    }
}

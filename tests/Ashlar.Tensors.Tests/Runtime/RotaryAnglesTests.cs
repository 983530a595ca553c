using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

public sealed unsafe class RotaryAnglesTests
{
    private static readonly float[] Frequencies = [1, 0.1f, 0.003f];

    [Fact]
    public void Angles_are_there_for_every_position_that_was_asked_for_and_stay_where_they_are()
    {
        using var angles = new RotaryAngles(Frequencies, 1.25, 100_000);
        var address = (nint)angles.Pointer;
        foreach (var last in new[] { 0, 5, 255, 256, 3, 70_000, 99_999 })
        {
            angles.Prepare([last, 0]);
            Assert.Equal(address, (nint)angles.Pointer);
            Assert.True(angles.Computed > last);
            foreach (var position in new[] { 0, last / 2, last })
            {
                for (var pair = 0; pair < 3; pair++)
                {
                    var (sin, cos) = Math.SinCos((double)position * Frequencies[pair]);
                    Assert.Equal((float)(cos * 1.25), angles.Pointer[position * 6L + pair]);
                    Assert.Equal((float)(sin * 1.25), angles.Pointer[position * 6L + 3 + pair]);
                }
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void Positions_that_cannot_be_are_named(int position)
    {
        using var angles = new RotaryAngles(Frequencies, 1, 1000);
        var error = Assert.Throws<InvalidOperationException>(() => angles.Prepare([3, position]));
        Assert.Equal($"there is no position {position} among 1000", error.Message);
        Assert.Equal(0, angles.Computed);
    }

    [Fact]
    public void Embeddings_are_told_apart_by_frequencies_and_magnitude()
    {
        using var angles = new RotaryAngles(Frequencies, 1, 10);
        Assert.True(angles.Are(Frequencies, 1));
        Assert.False(angles.Are(Frequencies, 2));
        Assert.False(angles.Are([1, 0.1f, 0.004f], 1));
    }

    [Fact]
    public void More_positions_allocate_nothing()
    {
        using var angles = new RotaryAngles(new float[64], 1);
        angles.Prepare([7]);
        int[] positions = [300, 2];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        angles.Prepare(positions);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(512, angles.Computed);
    }
}

using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

public sealed class CacheChecksTests
{
    // Two sequences of three blocks of 16 positions, in a cache of six blocks.
    private static readonly int[] Table = [5, 0, 3, 1, 4, 2];

    [Theory]
    [InlineData(-1, 0, "there is no position -1 among 48")]
    [InlineData(48, 0, "there is no position 48 among 48")]
    [InlineData(3, 2, "there is no sequence 2 among 2")]
    [InlineData(3, -1, "there is no sequence -1 among 2")]
    public void Positions_and_sequences_that_are_not_there_are_named(int position, int sequence, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => CacheChecks.Tokens([7, position], [1, sequence], Table, 3, 16, 0, 96));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-3)]
    public void Blocks_are_named_that_are_in_use_and_not_there(int wrong)
    {
        int[] table = [5, wrong, 3, 1, 4, wrong];
        Check([15], [0], 0);
        Check([31], [1], 0);
        Fails([16], [0], 0);
        Fails([14, 15, 16], [0, 0, 0], 0);
        Fails([40], [0], 0);
        Check([40], [0], 9); // positions 32 to 40
        Fails([40], [0], 10); // position 31 too
        Check([32, 33, 34], [0, 0, 0], 1);
        Fails([3, 4, 32], [1, 1, 1], 0);
        Fails([31, 32], [1, 1], 1);
        Fails([7, 8], [1, 0], 0, [wrong, 5, 3, 1, 4, 2]); // the next position, but of another sequence

        void Check(int[] positions, int[] sequences, int window) =>
            CacheChecks.Tokens(positions, sequences, table, 3, 16, window, 96);

        void Fails(int[] positions, int[] sequences, int window, int[]? other = null) =>
            Assert.Equal($"there is no block {wrong} among 6", Assert.Throws<InvalidOperationException>(
                () => CacheChecks.Tokens(positions, sequences, other ?? table, 3, 16, window, 96)).Message);
    }

    [Fact]
    public void Rows_that_are_not_there_are_named()
    {
        CacheChecks.Slots([0, 95], 96);
        foreach (var slot in new[] { -1, 96 })
        {
            var error = Assert.Throws<InvalidOperationException>(() => CacheChecks.Slots([5, slot], 96));
            Assert.Equal($"there is no row {slot} among 96", error.Message);
        }
    }

    [Fact]
    public void Nothing_is_allocated_where_all_is_well()
    {
        var (positions, sequences) = (Enumerable.Range(0, 48).ToArray(), new int[48]);
        CacheChecks.Tokens(positions, sequences, Table, 3, 16, 0, 96);
        CacheChecks.Slots(positions, 96);
        var before = GC.GetAllocatedBytesForCurrentThread();
        CacheChecks.Tokens(positions, sequences, Table, 3, 16, 0, 96);
        CacheChecks.Slots(positions, 96);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tests.Cache;

public class BlockPoolTests
{
    [Fact]
    public void Free_blocks_are_taken_before_those_that_rest_and_these_in_the_order_in_which_they_were_let_go()
    {
        var pool = new BlockPool(4);
        int[] taken = [Take(pool), Take(pool), Take(pool)];
        pool.Unpin(taken[1], hasContent: true);
        pool.Unpin(taken[0], hasContent: true);
        pool.Unpin(taken[2], hasContent: false);
        Assert.Equal((2, 2, 0), (pool.Free, pool.Evictable, pool.Held));

        Assert.True(pool.TryTake(out _, out var isEvicted));
        Assert.False(isEvicted);
        Assert.True(pool.TryTake(out _, out isEvicted));
        Assert.False(isEvicted);
        Assert.True(pool.TryTake(out var first, out isEvicted));
        Assert.True(isEvicted);
        Assert.True(pool.TryTake(out var second, out isEvicted));
        Assert.True(isEvicted);
        Assert.Equal((taken[1], taken[0]), (first, second));
        Assert.False(pool.TryTake(out _, out _));
    }

    [Fact]
    public void A_block_that_is_used_again_is_not_taken()
    {
        var pool = new BlockPool(2);
        var (kept, other) = (Take(pool), Take(pool));
        pool.Unpin(kept, hasContent: true);
        pool.Unpin(other, hasContent: true);
        pool.Pin(kept);
        Assert.Equal(other, Take(pool));
        Assert.False(pool.TryTake(out _, out _));
    }

    [Fact]
    public void Free_evictable_and_held_ones_are_all_blocks_whatever_is_done()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var pool = new BlockPool(37);
        var users = new Dictionary<int, int>();
        var resting = new HashSet<int>();
        for (var i = 0; i < 20_000; i++)
        {
            var used = users.Keys.ToArray();
            switch (random.Next(4))
            {
                case 0 when pool.TryTake(out var block, out var isEvicted):
                    Assert.True(!users.ContainsKey(block), $"seed {seed}: block {block} is in use");
                    Assert.True(resting.Remove(block) == isEvicted, $"seed {seed}: block {block}");
                    users[block] = 1;
                    break;
                case 1 when used.Length > 0:
                    var leaving = used[random.Next(used.Length)];
                    var hasContent = random.Next(3) > 0;
                    pool.Unpin(leaving, hasContent);
                    if (--users[leaving] > 0) break;
                    users.Remove(leaving);
                    if (hasContent) resting.Add(leaving);
                    break;
                case 2 when resting.Count > 0 || used.Length > 0:
                    int[] known = [.. resting, .. used];
                    var pinned = known[random.Next(known.Length)];
                    pool.Pin(pinned);
                    resting.Remove(pinned);
                    users[pinned] = users.GetValueOrDefault(pinned) + 1;
                    break;
                case 3 when resting.Count > 0 && random.Next(10) == 0:
                    pool.Discard(resting.First());
                    resting.Remove(resting.First());
                    break;
            }

            Assert.True(pool.Free + pool.Evictable + pool.Held == pool.Total, $"seed {seed}, turn {i}");
            Assert.True((pool.Evictable, pool.Held) == (resting.Count, users.Count), $"seed {seed}, turn {i}");
        }
    }

    private static int Take(BlockPool pool)
    {
        Assert.True(pool.TryTake(out var block, out _));
        return block;
    }
}

using Ashlar.Engine.Tiers;

namespace Ashlar.Engine.Tests.Tiers;

public class BringingCostTests
{
    private static readonly TimeSpan Computing = TimeSpan.FromMilliseconds(60); // of a block of 16 tokens

    [Fact]
    public void What_was_never_measured_is_brought()
    {
        var cost = new BringingCost();
        Assert.True(cost.Pays());
        cost.LearnBringing(1, TimeSpan.FromSeconds(1));
        Assert.True(cost.Pays()); // what computing takes is not known
    }

    [Fact]
    public void One_slow_block_does_not_stop_it_and_many_do()
    {
        var cost = Measured();
        cost.LearnBringing(1, Computing * 10);
        Assert.True(cost.Pays());
        cost.LearnBringing(64, Computing * 64 * 3);
        Assert.False(cost.Pays());
    }

    [Fact]
    public void It_stays_where_it_is_faster()
    {
        var cost = Measured();
        for (var i = 0; i < 1000; i++)
        {
            cost.LearnBringing(3, Computing * 3 * 0.9);
            Assert.True(cost.Pays());
        }
    }

    [Fact]
    public void What_was_too_slow_is_tried_again_and_refused_for_longer_the_slower_it_is()
    {
        Assert.InRange(Refusals(timesComputing: 2), 1, 5);
        Assert.InRange(Refusals(timesComputing: 100), 15, 30);
    }

    private static int Refusals(double timesComputing)
    {
        var cost = Measured();
        cost.LearnBringing(1000, Computing * 1000 * timesComputing);
        var refusals = 0;
        while (!cost.Pays()) refusals++;
        return refusals;
    }

    private static BringingCost Measured()
    {
        var cost = new BringingCost();
        cost.LearnComputing(160, Computing * 10);
        return cost;
    }
}

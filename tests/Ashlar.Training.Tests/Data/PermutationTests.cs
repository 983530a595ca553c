using Ashlar.Training.Data;

namespace Ashlar.Training.Tests.Data;

public class PermutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(65_537)]
    public void Every_number_comes_once(int count)
    {
        var permutation = new Permutation(count, seed: 5);
        var seen = new bool[count];
        for (var place = 0; place < count; place++) seen[permutation.At(place)] = true;
        Assert.All(seen, Assert.True);
    }

    [Fact]
    public void Seeds_give_orders_of_their_own_and_few_numbers_stay_in_place()
    {
        var (first, second) = (new Permutation(10_000, seed: 1), new Permutation(10_000, seed: 2));
        var places = Enumerable.Range(0, 10_000).ToArray();
        Assert.InRange(places.Count(place => first.At(place) == place), 0, 10);
        Assert.InRange(places.Count(place => first.At(place) == second.At(place)), 0, 10);
    }

    [Fact]
    public void A_trillion_numbers_are_ordered_without_being_listed()
    {
        var permutation = new Permutation(1L << 40, seed: 3);
        var found = Enumerable.Range(0, 1000).Select(place => permutation.At(place)).ToArray();
        Assert.Equal(1000, found.Distinct().Count());
        Assert.InRange(found.Average(), 0.4 * (1L << 40), 0.6 * (1L << 40));
    }
}

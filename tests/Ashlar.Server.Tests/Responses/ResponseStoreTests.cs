using Ashlar.Server.Responses;

namespace Ashlar.Server.Tests.Responses;

public class ResponseStoreTests
{
    [Fact]
    public void The_least_recently_used_go_first_by_number_and_by_bytes()
    {
        var store = new ResponseStore(mostResponses: 3, mostBytes: 100);
        foreach (var id in (string[])["a", "b", "c"]) store.Add(id, Of(10));
        Assert.NotNull(store.Find("a", 0));
        store.Add("d", Of(10));
        Assert.Null(store.Find("b", 0));
        Assert.NotNull(store.Find("a", 0));

        store.Add("e", Of(85));
        Assert.Null(store.Find("c", 0));
        Assert.Null(store.Find("d", 0));
        Assert.NotNull(store.Find("a", 0));
        Assert.NotNull(store.Find("e", 0));

        store.Add("f", Of(101));
        Assert.Null(store.Find("f", 0));
        Assert.NotNull(store.Find("e", 0));
    }

    [Fact]
    public void Nobody_finds_or_forgets_what_another_stored()
    {
        var store = new ResponseStore();
        store.Add("a", Of(1));
        Assert.Null(store.Find("a", 1));
        Assert.False(store.Remove("a", 1));
        Assert.True(store.Remove("a", 0));
        Assert.False(store.Remove("a", 0));
    }

    private static StoredResponse Of(int bytes) => new(0, new byte[bytes], default, default);
}

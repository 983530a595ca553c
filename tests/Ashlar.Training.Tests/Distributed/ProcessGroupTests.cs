using System.Net.Sockets;
using Ashlar.Tensors;
using Ashlar.Training.Distributed;

namespace Ashlar.Training.Tests.Distributed;

/// <summary>Groups of ranks on threads of one process, over real connections on loopback.</summary>
public class ProcessGroupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Sums_have_the_bits_of_adding_rank_after_rank(int count)
    {
        const int Seed = 20261121;
        int[] sizes = [1, 7, 65_536, 65_537, 300_001];
        var expected = sizes.Select(size => new float[size]).ToArray();
        for (var rank = 0; rank < count; rank++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                var own = Numbers(Seed, rank, i, sizes[i]);
                for (var j = 0; j < own.Length; j++) expected[i][j] = rank == 0 ? own[j] : expected[i][j] + own[j];
            }
        }

        Together(count, group =>
        {
            var data = sizes.Select((size, i) => TensorData.From<float>(Numbers(Seed, group.Rank, i, size))).ToArray();
            foreach (var sum in data.Select(group.SumAsync).ToArray()) sum.GetAwaiter().GetResult(); // all at once
            for (var i = 0; i < sizes.Length; i++) Assert.Equal(expected[i], data[i].AsSpan<float>().ToArray());
        });
    }

    [Fact]
    public void Numbers_of_any_owner_reach_all_ranks_between_sums() => Together(4, group =>
    {
        for (var owner = 0; owner < 4; owner++)
        {
            var own = TensorData.From<float>(Numbers(1, group.Rank, owner, 100_000));
            var sum = TensorData.From<float>([group.Rank]);
            var shared = group.ShareAsync(own, owner);
            var summed = group.SumAsync(sum);
            shared.GetAwaiter().GetResult();
            summed.GetAwaiter().GetResult();
            Assert.Equal(Numbers(1, owner, owner, 100_000), own.AsSpan<float>().ToArray());
            Assert.Equal(6, sum.AsSpan<float>()[0]);
        }
    });

    [Fact]
    public void A_rank_that_exchanges_something_else_ends_the_group_with_what_differs()
    {
        var errors = Failures(3, group =>
        {
            var data = TensorData.Zeros(DType.F32, group.Rank == 1 ? 5 : 4);
            group.SumAsync(data).GetAwaiter().GetResult();
            group.Wait();
        });
        Assert.All(errors, error => Assert.Contains("they do different things", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_with_another_recipe_is_refused_and_both_are_told_why()
    {
        var errors = Failures(2, _ => { }, rank => $"recipe {rank}");
        Assert.All(errors, error => Assert.Contains("'recipe 1' beside 'recipe 0'", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_one_rank_gives_up_for_all_ranks_are_told()
    {
        var errors = Failures(3, group =>
        {
            if (group.Rank == 2) group.Abandon("the disk is full");
            group.Wait();
        });
        Assert.All(errors, error => Assert.Contains("rank 2: the disk is full", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rank_that_stands_still_is_named_within_its_patience()
    {
        var place = new ProcessPlace(0, 3, "localhost", Ranks.FreePort());
        var patience = TimeSpan.FromSeconds(1);
        using var end = new CountdownEvent(2);
        var errors = new string?[3];
        var started = TimeProvider.System.GetTimestamp();
        Ranks.OnThreads(3, rank =>
        {
            if (rank == 1)
            {
                // Meets the others and is not heard of again, as a process that was stopped.
                var connections = Rendezvous.Meet(place with { Rank = 1 }, "", TimeSpan.FromSeconds(30), default);
                end.Wait(TestContext.Current.CancellationToken);
                foreach (var channel in connections.Control) channel.Dispose();
                return;
            }

            using var group = ProcessGroup.Join(place with { Rank = rank }, "", patience);
            errors[rank] = Assert.Throws<ProcessGroupException>(group.Wait).Message;
            end.Signal();
        });
        Assert.Contains("rank 1 has been silent", errors[0], StringComparison.Ordinal);
        Assert.Contains("rank 1 has been silent", errors[2], StringComparison.Ordinal);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Who_waits_in_vain_is_told_which_rank_is_missing()
    {
        var place = new ProcessPlace(0, 2, "localhost", Ranks.FreePort());
        var error = Assert.Throws<ProcessGroupException>(
            () => ProcessGroup.Join(place, "", startPatience: TimeSpan.FromMilliseconds(300),
                cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("rank 1 of 2 has not come", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strangers_at_the_port_do_not_disturb_those_who_meet()
    {
        var port = Ranks.FreePort();
        using var end = new CountdownEvent(2);
        Ranks.OnThreads(3, rank =>
        {
            if (rank < 2)
            {
                Join(rank, 2, port, group => group.Wait(), "");
                end.Signal();
                return;
            }

            while (!end.IsSet)
            {
                try
                {
                    using var client = new TcpClient("localhost", port);
                    client.GetStream().Write("GET / HTTP/1.1\r\nHost: ashlar\r\n\r\n"u8);
                }
                catch (Exception error) when (error is SocketException or IOException)
                {
                    Thread.Sleep(5);
                }
            }
        });
    }

    private static ProcessGroupException[] Failures(int count, Action<ProcessGroup> act, Func<int, string>? fingerprint = null)
    {
        var port = Ranks.FreePort();
        var errors = new ProcessGroupException[count];
        Ranks.OnThreads(count, rank => errors[rank] = Assert.Throws<ProcessGroupException>(
            () => Join(rank, count, port, act, fingerprint?.Invoke(rank) ?? "")));
        return errors;
    }

    private static void Together(int count, Action<ProcessGroup> act)
    {
        var port = Ranks.FreePort();
        Ranks.OnThreads(count, rank => Join(rank, count, port, act, ""));
    }

    private static void Join(int rank, int count, int port, Action<ProcessGroup> act, string fingerprint)
    {
        using var group = ProcessGroup.Join(
            new ProcessPlace(rank, count, "localhost", port), fingerprint, startPatience: TimeSpan.FromSeconds(60));
        act(group);
        group.Wait();
    }

    private static float[] Numbers(int seed, int rank, int tensor, int size)
    {
        var random = new Random(seed * 31 + rank * 7 + tensor);
        return [.. Enumerable.Range(0, size).Select(_ => random.NextSingle() * 2 - 1)];
    }
}

namespace Ashlar.Tensors.Tests.Sharding;

/// <summary>Ranks on threads of one process, which add up in memory.</summary>
internal sealed class RankThreads(int count) : IDisposable
{
    private readonly Barrier _barrier = new(count);
    private readonly TensorData?[] _data = new TensorData?[count];

    /// <summary>How many times the ranks met to add.</summary>
    public int Sums { get; private set; }

    /// <summary>Runs an action for each rank, all at once.</summary>
    public void Run(Action<int> act)
    {
        var errors = new Exception?[count];
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                act(rank);
            }
            catch (Exception error)
            {
                errors[rank] = error;
                _barrier.RemoveParticipant(); // the others must not wait for it
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (errors.FirstOrDefault(error => error is not null) is { } first) throw new AggregateException(first);
    }

    public void Dispose() => _barrier.Dispose();

    /// <summary>The exchange of a rank: the sum in the order of the ranks, F32 or F64.</summary>
    public void Sum(int rank, TensorData data)
    {
        _data[rank] = data;
        _barrier.SignalAndWait();
        Assert.All(_data, other => Assert.Equal(data.Sizes.ToArray(), other!.Sizes.ToArray()));
        var sum = new double[data.Elements];
        foreach (var other in _data)
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += data.Type == DType.F64 ? other!.AsSpan<double>()[i] : other!.AsSpan<float>()[i];
            }
        }

        _barrier.SignalAndWait();
        for (var i = 0; i < sum.Length; i++)
        {
            if (data.Type == DType.F64) data.AsSpan<double>()[i] = sum[i];
            else data.AsSpan<float>()[i] = (float)sum[i];
        }

        if (rank == 0) Sums++;
        _barrier.SignalAndWait();
    }
}

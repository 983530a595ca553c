using System.Collections.Concurrent;
using System.Net.Sockets;
using Ashlar.Tensors;

namespace Ashlar.Training.Distributed;

/// <summary>
/// The processes that train one model together, in a ring over TCP. Every process submits the same operations in the same order;
/// they run on threads of the group, while the caller computes on.
/// </summary>
/// <remarks>
/// <para>Sums are the same to the bit as adding the ranks' numbers one after the other, from rank 0 on: a chunk of numbers
/// starts at rank 0, each rank adds its own, and the last has the sum. From there it goes round once more, and every rank
/// takes a copy. Chunks follow one another without waiting, and sums go over one connection of each pair
/// and what is finished over another: many sums take about the time that a connection needs for their bytes, however many ranks
/// there are.</para>
/// <para>When a process dies, stands still for longer than the group's patience, or does something else than the others, every
/// operation of every rank ends with a <see cref="ProcessGroupException"/> that names it.</para>
/// </remarks>
public sealed class ProcessGroup : IDisposable
{
    private const int ChunkElements = 64 * 1024;

    private readonly Rendezvous.Connections? _connections;
    private readonly Heartbeat? _heartbeat;
    private readonly BlockingCollection<Operation> _sums = [], _shares = [];
    private readonly Thread[] _threads = [];
    private readonly Lock _submitting = new();
    private volatile string? _failure;
    private int _submitted;
    private bool _isDisposed;

    private ProcessGroup(ProcessPlace place, Rendezvous.Connections? connections, TimeSpan patience)
    {
        (Rank, Count) = (place.Rank, place.Count);
        if (connections is null) return;
        _connections = connections;
        _threads = [new Thread(RunSums), new Thread(RunShares)];
        foreach (var thread in _threads)
        {
            (thread.IsBackground, thread.Name) = (true, "process group");
            thread.Start();
        }

        _heartbeat = new Heartbeat(connections.Control, Rank, patience, Fail);
    }

    /// <summary>The number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public int Count { get; }

    /// <summary>Meets the other processes.</summary>
    /// <param name="place">Which one this is; a place alone needs no others and no network.</param>
    /// <param name="fingerprint">What all must agree in, at most 4,000 characters: a hash of what is trained on what.</param>
    /// <param name="patience">How long a process may be silent before it is given up; 8 seconds where null.</param>
    /// <param name="startPatience">How long all may take to come; 5 minutes where null.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ProcessGroupException">Not all came in time, or one does something else.</exception>
    public static ProcessGroup Join(ProcessPlace place, string fingerprint, TimeSpan? patience = null,
        TimeSpan? startPatience = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fingerprint.Length, 4000);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place.Rank, place.Count);
        var connections = place.Count == 1
            ? null
            : Rendezvous.Meet(place, fingerprint, startPatience ?? TimeSpan.FromMinutes(5), cancellation);
        return new ProcessGroup(place, connections, patience ?? TimeSpan.FromSeconds(8));
    }

    /// <summary>Replaces numbers by their sum over all ranks, in the order of the ranks.</summary>
    /// <param name="data">F32, of one size on every rank; not to be touched before the task ends.</param>
    /// <returns>Ends when the sum is there.</returns>
    /// <exception cref="ProcessGroupException">The task's: a process has failed.</exception>
    public Task SumAsync(TensorData data) => Submit(new Operation(data, Owner: -1));

    /// <summary>Replaces numbers by those of one rank.</summary>
    /// <param name="data">F32, of one size on every rank; not to be touched before the task ends.</param>
    /// <param name="owner">Whose numbers they become.</param>
    /// <returns>Ends when they are there, on the owner when they are sent.</returns>
    /// <exception cref="ProcessGroupException">The task's: a process has failed.</exception>
    public Task ShareAsync(TensorData data, int owner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(owner);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(owner, Count);
        return Submit(new Operation(data, owner));
    }

    /// <summary>Returns when every rank has come here.</summary>
    /// <exception cref="ProcessGroupException">A process has failed.</exception>
    public void Wait()
    {
        var nothing = TensorData.Zeros(DType.F32, 1);
        SumAsync(nothing).GetAwaiter().GetResult();
    }

    /// <summary>Tells the others that this process gives up; all their operations end with this reason.</summary>
    public void Abandon(string reason)
    {
        var text = $"rank {Rank}: {reason}";
        _heartbeat?.Report(text);
        Fail(text);
    }

    /// <summary>Takes leave of the others. Operations that have not ended fail.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _heartbeat?.Dispose();
        _sums.CompleteAdding();
        Fail("this process has left the group");
        foreach (var thread in _threads) thread.Join();
        foreach (var channel in _connections?.Control ?? []) channel.Dispose();
        _sums.Dispose();
        _shares.Dispose();
    }

    private Task Submit(Operation operation)
    {
        if (operation.Data.Type != DType.F32)
        {
            throw new ArgumentException($"a group exchanges F32, not {operation.Data.Type}", nameof(operation));
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Count == 1) return Task.CompletedTask;
        lock (_submitting)
        {
            operation.Number = _submitted++;
            if (_failure is { } failure) operation.Done.TrySetException(new ProcessGroupException(failure));
            else _sums.Add(operation);
        }

        return operation.Done.Task;
    }

    // Shares take no sums, but wait for those before them: the order of finished chunks is the order of submission.
    private void RunSums() => Run(_sums, operation =>
    {
        if (operation.Owner >= 0)
        {
            _shares.Add(operation);
            return;
        }

        if (Rank < Count - 1) _shares.Add(operation); // finished chunks may come back while later ones leave
        Sum(operation);
        if (Rank == Count - 1) _shares.Add(operation);
    });

    private void RunShares() => Run(_shares, operation =>
    {
        Share(operation, operation.Owner < 0 ? Count - 1 : operation.Owner);
        operation.Done.TrySetResult();
    });

    private void Run(BlockingCollection<Operation> operations, Action<Operation> run)
    {
        foreach (var operation in operations.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null) run(operation);
            }
            catch (Exception error) when (IsLoss(error))
            {
                Lose(error);
            }

            if (_failure is { } failure) operation.Done.TrySetException(new ProcessGroupException(failure));
        }

        if (operations == _sums) _shares.CompleteAdding();
    }

    private void Sum(Operation operation)
    {
        var (before, behind) = (_connections!.SumsIn, _connections.SumsOut);
        var numbers = operation.Data.AsSpan<float>();
        if (Rank > 0) Expect(before, operation);
        if (Rank < Count - 1) Announce(behind, operation);
        var received = new float[Math.Min(ChunkElements, numbers.Length)];
        for (var start = 0; start < numbers.Length; start += ChunkElements)
        {
            var own = numbers.Slice(start, Math.Min(ChunkElements, numbers.Length - start));
            if (Rank == 0)
            {
                behind.Write(own);
                continue;
            }

            var sum = received.AsSpan(0, own.Length);
            before.Read(sum);
            VectorSum.Add(sum, own);
            if (Rank == Count - 1) sum.CopyTo(own);
            else behind.Write(sum);
        }
    }

    private void Share(Operation operation, int owner)
    {
        var (before, behind) = (_connections!.SharesIn, _connections.SharesOut);
        var isForwarded = (Rank + 1) % Count != owner;
        var numbers = operation.Data.AsSpan<float>();
        if (Rank != owner) Expect(before, operation);
        if (isForwarded) Announce(behind, operation);
        for (var start = 0; start < numbers.Length; start += ChunkElements)
        {
            var chunk = numbers.Slice(start, Math.Min(ChunkElements, numbers.Length - start));
            if (Rank != owner) before.Read(chunk);
            if (isForwarded) behind.Write(chunk);
        }
    }

    // What comes next, so that a rank that does something else is found out before its numbers are used.
    private static void Announce(Channel channel, Operation operation)
    {
        channel.Write(operation.Number);
        channel.Write(operation.Owner);
        channel.Write((int)operation.Data.Elements);
    }

    private static void Expect(Channel channel, Operation operation)
    {
        var (number, owner, elements) = (channel.ReadInt32(), channel.ReadInt32(), channel.ReadInt32());
        if (number != operation.Number || owner != operation.Owner || elements != operation.Data.Elements)
        {
            throw new InvalidDataException($"rank {channel.Peer} exchanges {elements} numbers as operation {number}, where this "
                + $"rank exchanges {operation.Data.Elements} as operation {operation.Number}: they do different things");
        }
    }

    private static bool IsLoss(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or InvalidDataException;

    // The heartbeat knows more, a moment later: who has died, not who has closed a connection because of it.
    private void Lose(Exception error)
    {
        if (error is InvalidDataException)
        {
            Abandon(error.Message);
            return;
        }

        for (var i = 0; i < 100 && _failure is null; i++) Thread.Sleep(10);
        if (_failure is null) Abandon(error.Message);
    }

    private void Fail(string reason)
    {
        lock (_submitting)
        {
            if (_failure is not null) return;
            _failure = reason;
        }

        if (_connections is null) return;
        // Threads that wait for others wake with an error.
        _connections.SumsIn.Dispose();
        _connections.SumsOut.Dispose();
        _connections.SharesIn.Dispose();
        _connections.SharesOut.Dispose();
    }

    private sealed record Operation(TensorData Data, int Owner)
    {
        public int Number { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

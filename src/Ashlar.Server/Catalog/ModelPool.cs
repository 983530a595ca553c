using Ashlar.Server.Errors;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Catalog;

/// <summary>
/// Which models are in memory. A request that names a model
/// <list type="number">
/// <item>takes a lease on it, if it is loaded;</item>
/// <item>waits for its load, if one goes on: a load is nobody's own, and goes on when those who wait for it leave;</item>
/// <item>begins one, if there is memory;</item>
/// <item>else has those unloaded that nobody uses, least recently used first, if that is enough;</item>
/// <item>else waits a moment for others to end, and is told to come again.</item>
/// </list>
/// Who has waited begins anew from the first. Models that nobody uses are unloaded when their time is over.
/// </summary>
internal sealed class ModelPool : IAsyncDisposable
{
    // Requests of one client that come one after the other may meet here for a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ModelSlot[] _slots; // that are loaded on demand
    private readonly long _budget;
    private readonly TimeSpan _keepAlive;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _timer;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <exception cref="ArgumentException">A model alone needs more memory than there may be.</exception>
    public ModelPool(IEnumerable<ModelSlot> slots, ServerOptions options, ILogger logger)
    {
        (_slots, _clock, _logger) = ([.. slots.Where(static slot => slot.IsOnDemand)], options.Clock, logger);
        _budget = options.MaxLoadedBytes ?? long.MaxValue;
        _keepAlive = options.IdleUnload == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.IdleUnload;
        foreach (var slot in _slots)
        {
            if (slot.Served.Bytes <= _budget) continue;
            throw new ArgumentException($"model '{slot.Name}' takes {slot.Served.Bytes} bytes of memory, its cache and all, and loaded "
                + $"models may take {_budget}; allow more, or give it a smaller context or cache");
        }

        _timer = _clock.CreateTimer(_ => UnloadIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A lease on a model, which is loaded if it is not.</summary>
    /// <param name="slot">The model.</param>
    /// <param name="cancellationToken">Ends the wait; a load that has begun goes on.</param>
    /// <exception cref="ApiException">It cannot be loaded, or there is no memory for it now.</exception>
    public async Task<ModelLease> AcquireAsync(ModelSlot slot, CancellationToken cancellationToken)
    {
        if (!slot.IsOnDemand) return new(this, slot, slot.Loaded!);
        lock (_gate) slot.Waiting++;
        try
        {
            long? busySince = null;
            while (true)
            {
                Task? next;
                Task changed;
                lock (_gate)
                {
                    if (_isClosed) throw new ApiException(ErrorMapping.ShuttingDown);
                    if (slot is { Unloading: null, Loading: null, Loaded: { } model })
                    {
                        slot.Leases++;
                        return new(this, slot, model);
                    }

                    (next, changed) = (Next(slot), _changed.Task);
                }

                if (next is not null)
                {
                    await next.WaitAsync(cancellationToken).ConfigureAwait(false);
                    busySince = null;
                }
                else
                {
                    busySince ??= _clock.GetTimestamp();
                    await WaitAsync(slot, changed, busySince.Value, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                slot.Waiting--;
                Schedule();
            }
        }
    }

    /// <summary>A lease on a model if it is loaded now; else null.</summary>
    public ModelLease? TryAcquire(ModelSlot slot)
    {
        lock (_gate)
        {
            if (slot is not { Unloading: null, Loading: null, Loaded: { } model }) return null;
            slot.Leases++;
            return new(this, slot, model);
        }
    }

    /// <summary>Until when a model that is loaded stays if nobody uses it; null for ever.</summary>
    public DateTimeOffset? ExpiresAt(ModelSlot slot)
    {
        lock (_gate)
        {
            if (!slot.IsOnDemand || slot.KeepAlive == Timeout.InfiniteTimeSpan) return null;
            var passed = slot.Leases > 0 ? TimeSpan.Zero : _clock.GetElapsedTime(slot.LastUsed);
            return _clock.GetUtcNow() + slot.KeepAlive - passed;
        }
    }

    /// <summary>A lease is over; <see cref="ModelLease.Dispose"/> calls this, and nobody else.</summary>
    public void Release(ModelLease lease)
    {
        var slot = lease.Slot;
        if (!slot.IsOnDemand) return;
        lock (_gate)
        {
            slot.Leases--;
            slot.LastUsed = _clock.GetTimestamp();
            slot.KeepAlive = lease.KeepAlive ?? _keepAlive;
            Signal();
            if (slot.IsIdle && slot.KeepAlive == TimeSpan.Zero) Unload(slot);
            Schedule();
        }
    }

    /// <summary>Loads nothing any more, and unloads all.</summary>
    public async ValueTask DisposeAsync()
    {
        Task?[] loads;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            loads = [.. _slots.Select(static slot => slot.Loading)];
            Signal();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(loads.OfType<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task?[] unloads;
        lock (_gate)
        {
            foreach (var slot in _slots.Where(static slot => slot.Loaded is not null && slot.Unloading is null)) Unload(slot);
            unloads = [.. _slots.Select(static slot => slot.Unloading)];
        }

        await Task.WhenAll(unloads.OfType<Task>()).ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>What a request for a model waits for; null where only the end of others' requests helps.</summary>
    private Task? Next(ModelSlot slot)
    {
        if (slot.Unloading is { } unloading) return unloading;
        if (slot.Loading is { } loading) return loading;
        var room = (Int128)_budget - slot.Served.Bytes;
        foreach (var other in _slots) room -= other.HoldsMemory ? other.Served.Bytes : 0;
        if (room >= 0) return slot.Loading = LoadAsync(slot);

        var leaving = _slots.Where(static other => other.Unloading is not null).ToList();
        room += leaving.Aggregate(Int128.Zero, static (sum, other) => sum + other.Served.Bytes);
        var idle = new Queue<ModelSlot>(_slots.Where(static other => other.IsIdle)
            .OrderByDescending(other => _clock.GetElapsedTime(other.LastUsed)));
        var victims = new List<ModelSlot>();
        while (room < 0 && idle.TryDequeue(out var victim))
        {
            victims.Add(victim);
            room += victim.Served.Bytes;
        }

        if (room < 0) return null; // all of them were not enough, so that they may as well stay
        foreach (var victim in victims) Unload(victim);
        return Task.WhenAny(leaving.Concat(victims).Select(static other => other.Unloading!));
    }

    private async Task WaitAsync(ModelSlot slot, Task changed, long since, CancellationToken cancellationToken)
    {
        var left = Patience - _clock.GetElapsedTime(since);
        try
        {
            if (left > TimeSpan.Zero)
            {
                await changed.WaitAsync(left, _clock, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (TimeoutException)
        {
            // There was none.
        }

        throw new ApiException(new(
            503,
            ApiError.ServerError,
            "models_busy",
            $"there is no memory to load model '{slot.Name}' while others are in use; try again later")
        {
            RetryAfterSeconds = (int)Patience.TotalSeconds,
        });
    }

    private async Task LoadAsync(ModelSlot slot)
    {
        await Task.Yield(); // away from the gate
        var started = _clock.GetTimestamp();
        try
        {
            await slot.LoadAsync((adapter, error) => _logger.AdapterFailed(error, adapter.Name, slot.Name), _closing.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Collect();
            lock (_gate)
            {
                slot.Loading = null;
                Signal();
            }

            if (_closing.IsCancellationRequested) throw new ApiException(ErrorMapping.ShuttingDown);
            _logger.LoadFailed(error, slot.Name);
            throw new ApiException(
                new(
                    503,
                    ApiError.ServerError,
                    "model_load_failed",
                    $"model '{slot.Name}' cannot be loaded; the server's log has the cause, and the next request tries again"),
                error);
        }

        lock (_gate)
        {
            (slot.Loading, slot.LastUsed, slot.KeepAlive) = (null, _clock.GetTimestamp(), _keepAlive);
            Signal();
            Schedule();
        }

        _logger.Loaded(slot.Name, _clock.GetElapsedTime(started).TotalSeconds);
    }

    private void Unload(ModelSlot slot) => slot.Unloading = UnloadAsync(slot);

    private async Task UnloadAsync(ModelSlot slot)
    {
        await Task.Yield(); // away from the gate
        try
        {
            await CollectAsync(await slot.UnloadAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _logger.UnloadFailed(error, slot.Name);
        }

        lock (_gate)
        {
            slot.Unloading = null;
            Signal();
        }

        _logger.Unloaded(slot.Name);
    }

    // Caches and packed weights are freed when nobody refers to them. Nobody does for long: others wait for their memory, and a
    // server that rests would collect nothing by itself. The last request may be on its way out.
    private static async Task CollectAsync(WeakReference engine)
    {
        const int Tries = 10;
        for (var i = 0; i < Tries; i++)
        {
            Collect();
            if (!engine.IsAlive) return;
            await Task.Delay(TimeSpan.FromMilliseconds(5 << i)).ConfigureAwait(false);
        }
    }

    // What a finalizer lets go of may hold more.
    private static void Collect()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void UnloadIdle()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            foreach (var slot in _slots)
            {
                if (Left(slot) <= TimeSpan.Zero) Unload(slot);
            }

            Schedule();
        }
    }

    // The timer is set to when the next model's time is over.
    private void Schedule()
    {
        if (_isClosed) return;
        var next = _slots.Min(Left) is { } left ? left : Timeout.InfiniteTimeSpan;
        if (next != Timeout.InfiniteTimeSpan && next < TimeSpan.Zero) next = TimeSpan.Zero;
        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    // The time that an idle model has left; null for one that stays.
    private TimeSpan? Left(ModelSlot slot) => slot.IsIdle && slot.KeepAlive != Timeout.InfiniteTimeSpan
        ? slot.KeepAlive - _clock.GetElapsedTime(slot.LastUsed)
        : null;

    private void Signal()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}

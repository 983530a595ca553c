namespace Ashlar.Server.Access;

/// <summary>
/// An allowance per minute that fills up evenly, up to what a minute brings. It may be overdrawn by what is known too late, and
/// then refuses until it is filled again.
/// </summary>
/// <param name="perMinute">What a minute brings, 1 or more.</param>
/// <param name="clock">What time is told by.</param>
internal sealed class TokenBucket(int perMinute, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _balance = perMinute;
    private long _filled = clock.GetTimestamp();

    public int PerMinute => perMinute;

    /// <summary>What is left, 0 or more.</summary>
    public int Remaining
    {
        get
        {
            lock (_gate) return (int)Math.Max(0, Fill());
        }
    }

    /// <summary>Time until the bucket is full.</summary>
    public TimeSpan UntilFull
    {
        get
        {
            lock (_gate) return TimeOf(perMinute - Fill());
        }
    }

    /// <summary>Time until there is at least this much; zero if there is now.</summary>
    public TimeSpan Until(int amount)
    {
        lock (_gate) return TimeOf(amount - Fill());
    }

    /// <summary>Takes this much, whether or not there is as much.</summary>
    public void Take(int amount)
    {
        lock (_gate) _balance = Fill() - amount;
    }

    private double Fill()
    {
        var now = clock.GetTimestamp();
        _balance = Math.Min(perMinute, _balance + (clock.GetElapsedTime(_filled, now).TotalMinutes * perMinute));
        _filled = now;
        return _balance;
    }

    private TimeSpan TimeOf(double amount) => amount <= 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(amount / perMinute);
}

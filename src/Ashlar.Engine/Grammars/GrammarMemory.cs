namespace Ashlar.Engine.Grammars;

/// <summary>The bytes that some grammars take together; each counts its own as it grows. For any thread.</summary>
/// <param name="limit">How many there should be at most.</param>
/// <param name="trim">Makes them fewer; called on another thread, one call at a time, when there are more.</param>
internal sealed class GrammarMemory(long limit, Action trim)
{
    private long _used;
    private int _isTrimming;

    /// <summary>Bytes that are taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>What trimming should leave at most, so that the next does not follow at once.</summary>
    public long Goal => limit / 4 * 3;

    /// <summary>So many bytes more are taken, or less.</summary>
    public void Change(long by)
    {
        if (Interlocked.Add(ref _used, by) <= limit || by <= 0 || Interlocked.Exchange(ref _isTrimming, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(static memory => memory.Trim(), this, preferLocal: false);
    }

    private void Trim()
    {
        try
        {
            trim();
        }
        finally
        {
            Volatile.Write(ref _isTrimming, 0);
        }
    }
}

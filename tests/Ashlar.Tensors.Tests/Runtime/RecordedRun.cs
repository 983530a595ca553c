using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>
/// Stages whose kernels write down what is done: how often each element was, whether the stage before had ended, whether a piece
/// was cut as it should, and whether two tasks had the same scratch memory at once.
/// </summary>
internal sealed unsafe class RecordedRun : IDisposable
{
    private const int Arguments = 8;
    private readonly List<Stage> _stages = [];
    private readonly List<Launch> _launches = [];
    private readonly List<NativeBlock> _blocks = [];
    private readonly NativeBlock _violations = new(Kinds.Length * sizeof(long));
    private static readonly string[] Kinds =
        ["began before the stage before had ended", "was cut wrongly", "shared its scratch memory", "lost its scratch memory"];

    private NativeBlock _before = new(sizeof(long)); // how much of the stage before is done
    private long _elementsBefore;

    public RecordedRun()
    {
        new Span<long>(_violations.Pointer, Kinds.Length).Clear();
        *(long*)_before.Pointer = 0;
        _blocks.Add(_before);
    }

    public const int ScratchBytes = 64;

    public ReadOnlySpan<Stage> Stages => CollectionsMarshal.AsSpan(_stages);

    public ReadOnlySpan<Launch> Launches => CollectionsMarshal.AsSpan(_launches);

    /// <summary>Adds a stage.</summary>
    /// <param name="launches">
    /// The length, the piece, how many rounds of arithmetic an element costs, and the element at which a task sleeps
    /// for 100 ms, or -1.
    /// </param>
    public void Add(params ReadOnlySpan<(long Count, long Grain, int Rounds, long SleepsAt)> launches)
    {
        _stages.Add(new Stage { First = _launches.Count, Count = launches.Length });
        if (launches.IsEmpty) return;
        var done = new NativeBlock(sizeof(long));
        _blocks.Add(done);
        var elements = 0L;
        foreach (var (count, grain, rounds, sleepsAt) in launches)
        {
            var counts = new NativeBlock((count * sizeof(int)) + (Arguments * sizeof(long)));
            _blocks.Add(counts);
            var arguments = (long*)counts.Pointer;
            Span<long> values = [
                count, grain, rounds, sleepsAt,
                (long)done.Pointer, (long)_before.Pointer, _elementsBefore, (long)_violations.Pointer,
            ];
            values.CopyTo(new Span<long>(arguments, Arguments));
            _launches.Add(new Launch { Function = &Record, Arguments = arguments, Count = count, Grain = grain });
            elements += count;
        }

        (_before, _elementsBefore) = (done, elements);
        Reset();
    }

    /// <summary>Forgets what was written down.</summary>
    public void Reset()
    {
        foreach (var launch in _launches)
        {
            new Span<int>(launch.Arguments + Arguments, (int)launch.Count).Clear();
            *(long*)launch.Arguments[4] = 0;
        }
    }

    /// <summary>Fails where anything was not done exactly once, or out of order.</summary>
    public void Check(string run)
    {
        for (var i = 0; i < Kinds.Length; i++)
        {
            var times = ((long*)_violations.Pointer)[i];
            Assert.True(times == 0, string.Create(CultureInfo.InvariantCulture, $"{run}: {times} tasks: a task {Kinds[i]}"));
        }

        for (var i = 0; i < _launches.Count; i++)
        {
            var counts = new ReadOnlySpan<int>(_launches[i].Arguments + Arguments, (int)_launches[i].Count);
            var wrong = counts.IndexOfAnyExcept(1);
            if (wrong >= 0) Assert.Fail($"{run}: element {wrong} of launch {i} was done {counts[wrong]} times");
        }
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _violations.Dispose();
    }

    [UnmanagedCallersOnly]
    private static void Record(long* arguments, long from, long to, byte* scratch)
    {
        var (count, grain, rounds, sleepsAt) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var violations = (long*)arguments[7];
        if (Volatile.Read(ref *(long*)arguments[5]) != arguments[6]) Interlocked.Increment(ref violations[0]);
        if (from % grain != 0 || to != Math.Min(count, from + grain)) Interlocked.Increment(ref violations[1]);
        var busy = (int*)scratch;
        if (((nint)scratch & 63) != 0 || Interlocked.Exchange(ref *busy, 1) != 0) Interlocked.Increment(ref violations[2]);
        busy[1] = (int)from;
        for (var i = from; i < to; i++)
        {
            Burn(rounds);
            if (i == sleepsAt) Thread.Sleep(100);
            Interlocked.Increment(ref ((int*)(arguments + Arguments))[i]);
        }

        if (busy[1] != (int)from) Interlocked.Increment(ref violations[3]);
        Volatile.Write(ref *busy, 0);
        Interlocked.Add(ref *(long*)arguments[4], to - from);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Burn(long rounds)
    {
        var sum = 0;
        for (var i = 0; i < rounds; i++) sum = (sum * 31) + i;
        return sum;
    }
}

using System.Diagnostics;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// What compiling may still cost. Every loop that hostile input can make long spends from it; the place that is being compiled
/// is named when nothing is left.
/// </summary>
internal sealed class CompileBudget(CancellationToken cancellation)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _work = GrammarLimits.Work;
    private long _nextLook = GrammarLimits.Work - Interval;

    private const int Interval = 20_000;

    /// <summary>What is being compiled, for messages.</summary>
    public string Place { get; set; } = "#";

    /// <summary>Spends some elementary steps.</summary>
    /// <exception cref="GrammarException">Nothing is left.</exception>
    /// <exception cref="OperationCanceledException">The caller no longer wants the grammar.</exception>
    public void Spend(long steps = 1)
    {
        _work -= steps;
        if (_work < _nextLook) Look();
    }

    /// <summary>Refuses an automaton of too many states.</summary>
    public void CheckStates(int states)
    {
        if (states > GrammarLimits.AutomatonStates) throw TooLarge();
    }

    public GrammarException TooLarge() => new(
        Place, "this part of the grammar is too large to compile; make repetitions, lengths or alternatives fewer");

    private void Look()
    {
        cancellation.ThrowIfCancellationRequested();
        _nextLook = _work - Interval;
        if (_work < 0 || Stopwatch.GetElapsedTime(_start).TotalMilliseconds > GrammarLimits.Milliseconds) throw TooLarge();
    }
}

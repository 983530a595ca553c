using System.Runtime.CompilerServices;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Matching;

/// <summary>
/// The states that matching has met, made when first needed: a deterministic automaton of the whole grammar, with a stack. A
/// state is a set of readings of the text so far; a reading is a network state and a frame, the linked list of the rules that
/// wait for it. Equal frames and equal states have one number, so a transition is computed once and then looked up. Not safe
/// for concurrent use.
/// </summary>
internal sealed class StatePool
{
    /// <summary>The state of a text that cannot be continued to a match.</summary>
    public const int Dead = 1;

    private const int Unknown = 0;
    private const int FirstState = 2;

    private readonly Network _network;
    private readonly int _symbols;
    private readonly FrameTable _frames = new();
    private readonly ReadingSet _readings = new();
    private readonly Stack<(int State, int Frame)> _open = new(64);
    private int[] _transitions; // (states, symbols)
    private (int State, int Frame)[] _items = new (int, int)[256]; // the readings of all states, one state behind the other
    private int[] _ends = new int[64]; // where each state's readings end
    private bool[] _complete = new bool[64];
    private int[] _maskSlots = new int[64]; // 1 + a slot of the mask cache, or 0
    private int[] _table = new int[256]; // open addressing: state, or 0
    private int _count = FirstState;
    private bool _accepted;

    public StatePool(Network network)
    {
        (_network, _symbols) = (network, network.SymbolCount);
        _transitions = new int[64 * _symbols];
        _readings.Clear();
        _accepted = network.MatchesEmpty;
        Follow(network.Start, FrameTable.Bottom);
        Start = Intern();
    }

    /// <summary>The state of the empty text.</summary>
    public int Start { get; }

    /// <summary>How many readings were looked at since the pool was made: what its work is measured by.</summary>
    public long Visits { get; private set; }

    /// <summary>The numbers, of 32 bits each, that it holds.</summary>
    public int Numbers => _transitions.Length + (_items.Length * 2) + _frames.Numbers;

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete(int state) => _complete[state];

    /// <summary>Whether nothing may follow.</summary>
    public bool IsFinal(int state) => Readings(state).IsEmpty;

    /// <summary>The state behind a symbol, computed if need be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int state, int symbol)
    {
        var next = _transitions[(state * _symbols) + symbol];
        return next != Unknown ? next : Compute(state, symbol);
    }

    /// <summary>The state behind a symbol if it was computed before; 0 if not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Known(int state, int symbol) => _transitions[(state * _symbols) + symbol];

    /// <summary>
    /// How many plain characters may follow, whichever they are, if then tokens of plain characters need not be walked;
    /// otherwise 0.
    /// </summary>
    /// <param name="state">A state.</param>
    /// <param name="enough">A number beyond which it does not matter how many more.</param>
    public int PlainRun(int state, int enough)
    {
        var (run, others) = (0, false);
        foreach (var (place, frame) in Readings(state))
        {
            var own = _network.IsPlainBody[place] ? CountedRun(place, frame) : _network.PlainRuns[place];
            if (own == PlainRuns.Endless) return enough;
            if (own >= enough) return enough;
            if (own > 0 && run == 0 && !others) run = own;
            else others |= own > 0 || _network.TakesPlain(place);
        }

        return others ? 0 : run;
    }

    /// <summary>The slot of a state's mask, or -1.</summary>
    public int MaskSlot(int state) => _maskSlots[state] - 1;

    public void SetMaskSlot(int state, int slot) => _maskSlots[state] = slot + 1;

    /// <summary>Takes over a state of another pool of the same network.</summary>
    public int Adopt(StatePool other, int state)
    {
        if (state <= Dead) return state;
        _readings.Clear();
        _accepted = other._complete[state];
        Dictionary<int, int> moved = new() { [FrameTable.Bottom] = FrameTable.Bottom };
        foreach (var (place, frame) in other.Readings(state)) _readings.Add(place, _frames.Adopt(other._frames, frame, moved));
        return Intern();
    }

    private ReadOnlySpan<(int State, int Frame)> Readings(int state)
    {
        var start = _ends[state - 1];
        return _items.AsSpan(start, _ends[state] - start);
    }

    // A counted repetition is known to end its run of plain characters only if none of them can follow it.
    private int CountedRun(int place, int frame)
    {
        if (!_frames.IsCounted(frame)) return 0;
        var call = _network.Calls[_frames.CallOf(frame)];
        if (call.Start != place) return 0;
        if (call.Max == NetworkBuilder.Unbounded) return int.MaxValue;
        var behind = call.Return;
        var ends = !_network.Accepts[behind] && _network.CallStarts[behind] == _network.CallStarts[behind + 1]
            && !_network.TakesPlain(behind);
        var run = call.Max - _frames.CountOf(frame) + 1;
        return ends || run > 1024 ? run : 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Compute(int state, int symbol)
    {
        _readings.Clear();
        _accepted = false;
        Visits += (_ends[state] - _ends[state - 1]) / 4;
        for (var i = _ends[state - 1]; i < _ends[state]; i++)
        {
            var (place, frame) = _items[i];
            foreach (ref readonly var edge in _network.Edges.AsSpan(_network.EdgeStarts[place].._network.EdgeStarts[place + 1]))
            {
                if (edge.First <= symbol && symbol <= edge.Last) Follow(edge.To, frame);
            }
        }

        var next = _readings.Count == 0 && !_accepted ? Dead : Intern();
        _transitions[(state * _symbols) + symbol] = next;
        return next;
    }

    // Runs the rules that begin in a state and ends those that end there, until something must be read.
    private void Follow(int state, int frame)
    {
        _open.Push((state, frame));
        while (_open.TryPop(out var reading))
        {
            Visits++;
            (state, frame) = reading;
            if (!_readings.Visit(state, frame)) continue;
            if (_network.EdgeStarts[state] != _network.EdgeStarts[state + 1]) _readings.Add(state, frame);
            if (_network.Accepts[state]) Return(frame);
            for (var i = _network.CallStarts[state]; i < _network.CallStarts[state + 1]; i++)
            {
                ref readonly var call = ref _network.Calls[i];
                // Where nothing is left to do behind the rule, who waits for this one waits for that.
                var inner = call.Max > 1 ? _frames.Counted(i, 1, frame)
                    : _network.OnlyAccepts[call.Return] ? frame
                    : _frames.Plain(call.Return, frame);
                _open.Push((call.Start, inner));
            }
        }
    }

    private void Return(int frame)
    {
        if (frame == FrameTable.Bottom)
        {
            _accepted = true;
            return;
        }

        var parent = _frames.ParentOf(frame);
        if (!_frames.IsCounted(frame))
        {
            _open.Push((_frames.ReturnOf(frame), parent));
            return;
        }

        var (index, count) = (_frames.CallOf(frame), _frames.CountOf(frame));
        ref readonly var call = ref _network.Calls[index];
        if (count >= call.Min) _open.Push((call.Return, parent));
        if (count >= call.Max) return;
        // Without a bound, counts beyond the least are alike.
        var next = call.Max == NetworkBuilder.Unbounded ? Math.Min(count + 1, call.Min) : count + 1;
        _open.Push((call.Start, _frames.Counted(index, next, parent)));
    }

    /// <summary>The number of the state with the readings that were collected.</summary>
    private int Intern()
    {
        var readings = _readings.Sorted();
        var mask = _table.Length - 1;
        var slot = Hash(readings, _accepted) & mask;
        for (; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            var known = _table[slot];
            if (_complete[known] == _accepted && Readings(known).SequenceEqual(readings)) return known;
        }

        var number = _count++;
        if (number >= _ends.Length) Grow();
        var start = _ends[number - 1];
        var end = start + readings.Length;
        if (_items.Length < end) Array.Resize(ref _items, Math.Max(_items.Length * 2, end));
        readings.CopyTo(_items.AsSpan(start));
        _ends[number] = end;
        _complete[number] = _accepted;
        _table[slot] = number;
        if (_count * 2 > _table.Length) Rehash();
        return number;
    }

    private static int Hash(ReadOnlySpan<(int State, int Frame)> readings, bool complete)
    {
        var hash = complete ? 1u : 0u;
        foreach (var (state, frame) in readings) hash = (((hash ^ (uint)state) * 0x9E3779B1) ^ (uint)frame) * 0x85EBCA6B;
        return (int)(hash ^ (hash >> 15));
    }

    private void Grow()
    {
        var size = _ends.Length * 2;
        Array.Resize(ref _ends, size);
        Array.Resize(ref _complete, size);
        Array.Resize(ref _maskSlots, size);
        Array.Resize(ref _transitions, size * _symbols);
    }

    private void Rehash()
    {
        _table = new int[_table.Length * 2];
        var mask = _table.Length - 1;
        for (var number = FirstState; number < _count; number++)
        {
            var slot = Hash(Readings(number), _complete[number]) & mask;
            while (_table[slot] != 0) slot = (slot + 1) & mask;
            _table[slot] = number;
        }
    }
}

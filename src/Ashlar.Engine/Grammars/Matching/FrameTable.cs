namespace Ashlar.Engine.Grammars.Matching;

/// <summary>
/// Frames of stacks: what to do when a rule has ended, and the frame below. Equal frames have one number, so stacks share what
/// lies below.
/// </summary>
internal sealed class FrameTable
{
    /// <summary>The frame below all: when its rule ends, so does the text.</summary>
    public const int Bottom = 0;

    private Frame[] _frames = new Frame[64];
    private int[] _table = new int[256]; // open addressing: frame, or 0
    private int _count = 1;

    /// <summary>The numbers that it holds, for bounds.</summary>
    public int Numbers => (_frames.Length * 3) + _table.Length;

    /// <summary>The frame of a rule run once, after which a state goes on.</summary>
    public int Plain(int state, int parent) => Intern(new(state, 0, parent));

    /// <summary>The frame of a rule that is being run for the so-manieth time.</summary>
    public int Counted(int call, int count, int parent) => Intern(new(~call, count, parent));

    public bool IsCounted(int frame) => _frames[frame].Code < 0;

    public int ReturnOf(int frame) => _frames[frame].Code;

    public int CallOf(int frame) => ~_frames[frame].Code;

    public int CountOf(int frame) => _frames[frame].Count;

    public int ParentOf(int frame) => _frames[frame].Parent;

    /// <summary>Takes over a frame of another table, and those below it.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="frame">A frame of it.</param>
    /// <param name="moved">The frames that were taken over before, with their new numbers.</param>
    public int Adopt(FrameTable other, int frame, Dictionary<int, int> moved)
    {
        Stack<int> waiting = [];
        while (!moved.ContainsKey(frame))
        {
            waiting.Push(frame);
            frame = other._frames[frame].Parent;
        }

        var below = moved[frame];
        while (waiting.TryPop(out frame))
        {
            below = Intern(other._frames[frame] with { Parent = below });
            moved.Add(frame, below);
        }

        return below;
    }

    private int Intern(Frame frame)
    {
        var mask = _table.Length - 1;
        var slot = frame.Hash() & mask;
        for (; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_frames[_table[slot]] == frame) return _table[slot];
        }

        if (_count == _frames.Length) Array.Resize(ref _frames, _count * 2);
        _frames[_count] = frame;
        _table[slot] = _count++;
        if (_count * 2 > _table.Length) Rehash();
        return _count - 1;
    }

    private void Rehash()
    {
        _table = new int[_table.Length * 2];
        var mask = _table.Length - 1;
        for (var number = 1; number < _count; number++)
        {
            var slot = _frames[number].Hash() & mask;
            while (_table[slot] != 0) slot = (slot + 1) & mask;
            _table[slot] = number;
        }
    }

    private readonly record struct Frame(int Code, int Count, int Parent)
    {
        public int Hash()
        {
            var hash = ((((uint)Code * 0x9E3779B1) ^ (uint)Count) * 0x85EBCA6B) ^ (uint)Parent;
            hash *= 0xC2B2AE35;
            return (int)(hash ^ (hash >> 16));
        }
    }
}

using Ashlar.Engine.Cache;
using Ashlar.Engine.Speculation;
using Ashlar.Engine.Tiers;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// Says which sequences compute how many tokens in a step. There are no phases: each sequence has a number of computed tokens that
/// chases the number of its tokens.
/// <list type="number">
/// <item>Sequences that run come first, those that generate before those whose prompts take what the step has left.</item>
/// <item>Where blocks run out, the last of the running sequences gives way, and goes on later.</item>
/// <item>If nobody gave way, waiting sequences are let in: by priority, then tenants that were served least, then arrival. One of a
/// better priority takes the place of one that runs.</item>
/// </list>
/// Only the engine's thread touches it.
/// </summary>
/// <param name="cache">Where blocks come from.</param>
/// <param name="rowOf">A row of the block table, by its number.</param>
/// <param name="copy">Copies a block's keys and values, from the first to the second.</param>
/// <param name="options">Checked options.</param>
/// <param name="tiers">What keeps blocks elsewhere; null for nothing.</param>
/// <param name="draft">A model that guesses for all sequences; null for none.</param>
internal sealed class Scheduler(
    BlockCache cache, Func<int, Memory<int>> rowOf, Action<int, int> copy, EngineOptions options, CacheTiers? tiers = null,
    DraftModel? draft = null)
{
    /// <summary>What is left of a step for prompts while other sequences generate, as a part of it.</summary>
    private const int PartBesideGeneration = 4;

    /// <summary>While somebody waits for every keystroke, others take part in one step of so many.</summary>
    private const int StepsToRest = 4;

    private readonly List<Sequence> _running = []; // in the order of their rank
    private readonly List<Sequence> _waiting = [];
    private readonly List<Sequence> _loading = []; // that have a place, and wait for blocks from elsewhere
    private readonly List<Sequence> _scheduled = [];
    private readonly HashSet<Sequence> _later = []; // that will find more in the cache once this step is done
    private readonly Stack<int> _rows = new(Enumerable.Range(0, options.MaxSequences).Reverse());
    private readonly TenantShares _tenants = new();
    private long _step;
    private long _unshared;

    /// <summary>How many sequences may run.</summary>
    public int MaxRunning => options.MaxSequences;

    /// <summary>The sequences that run.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    /// <summary>The sequences that wait for a place.</summary>
    public IReadOnlyList<Sequence> Waiting => _waiting;

    /// <summary>The sequences that wait for blocks from elsewhere.</summary>
    public IReadOnlyList<Sequence> Loading => _loading;

    /// <summary>What a step computes, set by <see cref="Plan"/>.</summary>
    public List<Sequence> Scheduled => _scheduled;

    /// <summary>How often a sequence gave way to another.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Tokens that were guessed ahead.</summary>
    public long Guessed { get; private set; }

    /// <summary>Tokens that were looked for in the cache when sequences were let in.</summary>
    public long Sought { get; private set; }

    /// <summary>Tokens of these that were found.</summary>
    public long Found { get; private set; }

    /// <summary>Tokens that were found on disk besides.</summary>
    public long FoundOnDisk { get; private set; }

    /// <summary>Tokens that were found at other engines besides.</summary>
    public long FoundAtPeers { get; private set; }

    /// <summary>Takes in a sequence.</summary>
    public void Add(Sequence sequence)
    {
        _tenants.Add(sequence.Request.Tenant);
        _waiting.Add(sequence);
    }

    /// <summary>Lets go of all sequences that have ended or were cancelled.</summary>
    /// <param name="now">The time: those whose own is up fail.</param>
    /// <returns>How many these were.</returns>
    public int RemoveEnded(long now)
    {
        var removed = 0;
        removed += Remove(_waiting, now);
        removed += Remove(_running, now);
        return removed;
    }

    /// <summary>Fails all sequences and lets go of them: the engine ends, and nothing is brought from elsewhere any more.</summary>
    /// <param name="error">What their consumers are told.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many these were.</returns>
    public int RemoveAll(Exception error, long now)
    {
        var removed = 0;
        foreach (var sequences in (ReadOnlySpan<List<Sequence>>)[_running, _waiting, _loading])
        {
            foreach (var sequence in sequences)
            {
                if (!sequence.HasEnded) sequence.Fail(error);
            }

            removed += Remove(sequences, now);
        }

        return removed;
    }

    /// <summary>Puts a step together.</summary>
    /// <param name="costs">What steps cost.</param>
    public void Plan(StepCosts costs)
    {
        _scheduled.Clear();
        foreach (var sequence in _running) sequence.Rest();
        var all = ++_step % StepsToRest == 0 || !HasInteractive();
        MakeRoom(all);

        // From the first to be written on, nobody may give way any more: others find what it writes.
        var preemptions = Preemptions;
        var isGenerating = ReserveForGeneration(all);
        var left = isGenerating ? Math.Max(1, options.PrefillChunk / PartBesideGeneration) : options.PrefillChunk;
        left -= ReserveForPrompts(all, left);
        if (Preemptions == preemptions) Guess(costs);
        foreach (var sequence in _scheduled) Write(sequence);
        if (Preemptions == preemptions && left > 0) Admit(all, left);
        Share();
    }

    // Each is told in what company its step is computed.
    private void Share()
    {
        var tokens = 0;
        foreach (var sequence in _scheduled) tokens += sequence.Scheduled;
        foreach (var sequence in _scheduled) sequence.Share(_scheduled.Count, tokens);
    }

    private bool ReserveForGeneration(bool all)
    {
        for (var i = 0; i < _running.Count; i++)
        {
            if (_running[i].IsGenerating && MayRun(_running[i], all)) Reserve(_running[i], _running[i].Pending);
        }

        return _scheduled.Count > 0;
    }

    private int ReserveForPrompts(bool all, int left)
    {
        var taken = 0;
        for (var i = 0; i < _running.Count && taken < left; i++)
        {
            if (!_running[i].IsGenerating && MayRun(_running[i], all)) taken += Reserve(_running[i], left - taken);
        }

        return taken;
    }

    // Guesses take no place from anybody.
    private void Guess(StepCosts costs)
    {
        var rows = 0;
        foreach (var sequence in _scheduled)
        {
            rows += sequence.Scheduled;
            sequence.GuessByNgrams();
        }

        draft?.Guess(_scheduled, options.SpeculativeTokens, costs, rows);
        foreach (var sequence in _scheduled)
        {
            var guessed = sequence.CheckGuesses(costs, rows);
            if (guessed == 0) continue;
            if (sequence.Blocks!.TryReserve(sequence.Computed + sequence.Scheduled))
            {
                rows += guessed;
                Guessed += guessed;
            }
            else
            {
                sequence.DropGuess();
            }
        }
    }

    // Whoever has the better rank gives way to nobody.
    private int Reserve(Sequence sequence, int most)
    {
        sequence.Schedule(most);
        while (!sequence.Blocks!.TryReserve(sequence.Computed + sequence.Scheduled))
        {
            var last = _running[^1];
            Preempt(last);
            if (last == sequence) return 0;
        }

        _scheduled.Add(sequence);
        return sequence.Scheduled;
    }

    private void Write(Sequence sequence)
    {
        var tokens = sequence.Tokens;
        sequence.Blocks!.Write(tokens[..Math.Min(sequence.Computed + sequence.Scheduled, tokens.Length)]);
        _tenants.Serve(sequence.Request.Tenant, sequence.Scheduled);
    }

    private void Admit(bool all, int left)
    {
        _later.Clear();
        while (left > 0 && _rows.Count > 0 && Next(all) is { } sequence)
        {
            var row = _rows.Peek();
            var blocks = new SequenceBlocks(cache, rowOf(row), RootKey(sequence));
            var wanted = sequence.Tokens[..sequence.MostFound];
            var found = blocks.Find(wanted);
            var mustWait = false;
            var stored = tiers?.CountStored(sequence, blocks) ?? 0;
            if (stored == 0) found = blocks.FindPart(wanted, copy, out mustWait);
            if (mustWait || !blocks.TryReserve(sequence.LeastRoom))
            {
                blocks.Release();
                blocks.Leave();
                if (!mustWait) return;
                _later.Add(sequence);
                continue;
            }

            _rows.Pop();
            _waiting.Remove(sequence);
            if (stored > 0)
            {
                _loading.Add(sequence);
                tiers!.Load(sequence, blocks, stored, (fromDisk, fromPeers) => Start(sequence, row, blocks, found, fromDisk, fromPeers));
                continue;
            }

            Start(sequence, row, blocks, found);
            sequence.Schedule(left);
            _scheduled.Add(sequence);
            Write(sequence);
            left -= sequence.Scheduled;
        }
    }

    // What was brought from elsewhere is in the blocks behind those that were found.
    private void Start(Sequence sequence, int row, SequenceBlocks blocks, int found, int fromDisk = 0, int fromPeers = 0)
    {
        _loading.Remove(sequence);
        Sought += sequence.Tokens.Length;
        Found += found;
        var (onDisk, atPeers) = (fromDisk * BlockCache.BlockSize, fromPeers * BlockCache.BlockSize);
        if (onDisk + atPeers > 0) blocks.Receive(sequence.Tokens[..(found + onDisk + atPeers)]);
        FoundOnDisk += onDisk;
        FoundAtPeers += atPeers;
        _running.Insert(Place(sequence), sequence);
        sequence.Start(row, blocks, found, onDisk, atPeers);
    }

    // Running sequences of worse rank give way to the first that waits, if it would otherwise not find room.
    private void MakeRoom(bool all)
    {
        _later.Clear();
        if (Next(all) is not { } first) return;
        var blocks = first.Tokens.Length / BlockCache.BlockSize + 1;
        while (_running.Count > 0 && Rank(_running[^1]) > Rank(first) && (_rows.Count == 0 || cache.Pool.Available < blocks))
        {
            Preempt(_running[^1]);
        }
    }

    private Sequence? Next(bool all)
    {
        Sequence? best = null;
        foreach (var sequence in _waiting)
        {
            if (!MayRun(sequence, all) || _later.Contains(sequence)) continue;
            if (best is null || IsBefore(sequence, best)) best = sequence;
        }

        return best;

        bool IsBefore(Sequence left, Sequence right)
        {
            if (Rank(left) != Rank(right)) return Rank(left) < Rank(right);
            var (served, other) = (_tenants.Served(left.Request.Tenant), _tenants.Served(right.Request.Tenant));
            return served != other ? served < other : left.Arrived < right.Arrived;
        }
    }

    private void Preempt(Sequence sequence)
    {
        _scheduled.Remove(sequence);
        _running.Remove(sequence);
        _rows.Push(sequence.Row);
        tiers?.Keep(sequence);
        sequence.Preempt();
        _waiting.Add(sequence);
        Preemptions++;
    }

    private int Remove(List<Sequence> sequences, long now)
    {
        var removed = 0;
        for (var i = sequences.Count - 1; i >= 0; i--)
        {
            var sequence = sequences[i];
            if (!sequence.HasEnded && !sequence.IsCancelled)
            {
                if (!sequence.TimedOut(now)) continue;
                sequence.TimeOut();
            }

            sequences.RemoveAt(i);
            removed++;
            if (sequence.Blocks is not null)
            {
                _rows.Push(sequence.Row);
                tiers?.Keep(sequence);
                sequence.Stop();
            }

            sequence.Adapter?.Release(); // no step computes with it any more
            _tenants.Remove(sequence.Request.Tenant);
        }

        return removed;
    }

    private bool HasInteractive()
    {
        foreach (var sequence in _running)
        {
            if (sequence.Request.IsInteractive) return true;
        }

        foreach (var sequence in _waiting)
        {
            if (sequence.Request.IsInteractive) return true;
        }

        return false;
    }

    private static bool MayRun(Sequence sequence, bool all) => all || sequence.Request.IsInteractive;

    private int Place(Sequence sequence)
    {
        var place = _running.Count;
        while (place > 0 && IsAfter(_running[place - 1])) place--;
        return place;

        bool IsAfter(Sequence other) =>
            Rank(other) != Rank(sequence) ? Rank(other) > Rank(sequence) : other.Arrived > sequence.Arrived;
    }

    private static long Rank(Sequence sequence) => sequence.Request.IsInteractive ? long.MinValue : sequence.Request.Priority;

    // No salt, which may be any text, can look like another key.
    private string RootKey(Sequence sequence) =>
        !options.PrefixCaching ? $"alone {_unshared++}"
        : sequence.Adapter is { } adapter ? $"adapter {adapter.Fingerprint} {sequence.Request.CacheSalt}"
        : $"salt {sequence.Request.CacheSalt}";
}

namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// Makes a <see cref="Network"/> of what was built, in this order:
/// <list type="number">
/// <item>rules that match nothing are found, and runs of them may be passed by;</item>
/// <item>edges that read nothing are taken up into the edges behind them;</item>
/// <item>what can never be finished is dropped;</item>
/// <item>rules that begin with themselves are turned into loops;</item>
/// <item>states alike are joined, and bytes are put into classes.</item>
/// </list>
/// </summary>
internal sealed class NetworkFinisher(NetworkBuilder built)
{
    private readonly CompileBudget _budget = built.Budget;
    private FinishedState?[] _states = [];
    private bool[] _nullable = [];

    private readonly List<int> _closure = [];
    private readonly int[] _closureOf = new int[built.Bytes.States]; // the last closure that a state was found in, by number
    private int _closures;

    /// <param name="root">The rule of the whole text.</param>
    /// <param name="impossible">The error where no text matches.</param>
    public Network Finish(int root, Func<GrammarException> impossible)
    {
        FindNullable();
        RemoveEmptyEdges();
        var canFinish = DropUnproductive(root);
        if (!canFinish && !_nullable[root]) throw impossible();
        LeftRecursion.Remove(_states, built.Rules, _budget);
        return NetworkLayout.Make(_states, built.Rules, root, _nullable[root], _budget);
    }

    private void FindNullable()
    {
        _nullable = new bool[built.Rules.Count];
        for (var changed = true; changed;)
        {
            changed = false;
            for (var rule = _nullable.Length - 1; rule >= 0; rule--) // rules use later ones, mostly
            {
                if (_nullable[rule] || !Closure(built.Rules[rule].Start).Contains(built.Rules[rule].End)) continue;
                _nullable[rule] = changed = true;
            }
        }
    }

    // The states reached without reading anything; until the next one is asked for.
    private List<int> Closure(int state)
    {
        _closure.Clear();
        _closures++;
        Add(state);
        for (var i = 0; i < _closure.Count; i++)
        {
            foreach (var next in built.Empty[_closure[i]])
            {
                _budget.Spend();
                Add(next);
            }

            foreach (var call in built.Calls[_closure[i]])
            {
                _budget.Spend();
                if (call.Min == 0 || _nullable[call.Rule]) Add(call.To);
            }
        }

        return _closure;

        void Add(int reached)
        {
            if (_closureOf[reached] == _closures) return;
            _closureOf[reached] = _closures;
            _closure.Add(reached);
        }
    }

    private void RemoveEmptyEdges()
    {
        _states = new FinishedState?[built.Bytes.States];
        var ends = built.Rules.Select(rule => rule.End).ToHashSet();
        Stack<int> open = [];
        foreach (var rule in built.Rules) Visit(rule.Start);
        while (open.TryPop(out var state)) Fill(state);
        // Nothing is matched by passing a rule by, so a rule does not end where it begins.
        foreach (var rule in built.Rules) _states[rule.Start]!.Accepts = false;

        void Visit(int state)
        {
            if (_states[state] is not null) return;
            _states[state] = new();
            open.Push(state);
        }

        void Fill(int state)
        {
            var finished = _states[state]!;
            foreach (var member in Closure(state))
            {
                finished.Accepts |= ends.Contains(member);
                foreach (var edge in built.Bytes[member])
                {
                    finished.Bytes.Add(edge);
                    Visit(edge.To);
                }

                foreach (var call in built.Calls[member])
                {
                    var min = _nullable[call.Rule] ? 1 : Math.Max(1, call.Min);
                    finished.Calls.Add(call with { Min = min });
                    Visit(call.To);
                }

                if (!built.Specials.TryGetValue(member, out var specials)) continue;
                foreach (var special in specials)
                {
                    finished.Specials.Add(special);
                    Visit(special.To);
                }
            }

            _budget.Spend(finished.Bytes.Count + finished.Calls.Count);
        }
    }

    // A state is productive if the end of its rule can be reached. Works back from the ends.
    private bool DropUnproductive(int root)
    {
        var productive = new bool[_states.Length];
        int[] visited = [.. Enumerable.Range(0, _states.Length).Where(state => _states[state] is not null)];
        var sources = FinishedState.Sources(_states, visited, built.Rules);
        Stack<int> open = [];
        foreach (var state in visited)
        {
            if (_states[state]!.Accepts) Mark(state);
        }

        while (open.TryPop(out var reached))
        {
            foreach (var source in sources[reached])
            {
                _budget.Spend();
                if (!productive[source] && Continues(_states[source]!)) Mark(source);
            }
        }

        foreach (var state in _states)
        {
            state?.Bytes.RemoveAll(edge => !productive[edge.To]);
            state?.Specials.RemoveAll(edge => !productive[edge.To]);
            state?.Calls.RemoveAll(call => !Runs(call));
        }

        return productive[built.Rules[root].Start];

        void Mark(int state)
        {
            productive[state] = true;
            open.Push(state);
        }

        bool Runs(NetworkBuilder.CallEdge call) => productive[call.To] && productive[built.Rules[call.Rule].Start];

        bool Continues(FinishedState state)
        {
            foreach (var edge in state.Bytes) if (productive[edge.To]) return true;
            foreach (var (_, to) in state.Specials) if (productive[to]) return true;
            foreach (var call in state.Calls) if (Runs(call)) return true;
            return false;
        }
    }
}

/// <summary>A state whose edges all read something.</summary>
internal sealed class FinishedState
{
    public bool Accepts { get; set; }

    public List<NetworkBuilder.ByteEdge> Bytes { get; } = [];

    public List<NetworkBuilder.CallEdge> Calls { get; } = [];

    public List<(int Token, int To)> Specials { get; } = [];

    /// <summary>Where its edges lead, and where the rules begin that they run.</summary>
    /// <param name="rules">All rules.</param>
    /// <param name="targets">Gets them instead of what it held.</param>
    public void FindTargets(List<(int Start, int End, string Place)> rules, List<int> targets)
    {
        targets.Clear();
        foreach (var edge in Bytes) targets.Add(edge.To);
        foreach (var (_, to) in Specials) targets.Add(to);
        foreach (var call in Calls)
        {
            targets.Add(rules[call.Rule].Start);
            targets.Add(call.To);
        }
    }

    /// <summary>For each of all states, those of some from which edges lead to it.</summary>
    /// <param name="states">All states.</param>
    /// <param name="some">The numbers of those whose edges count.</param>
    /// <param name="rules">All rules.</param>
    public static EdgeTable<int> Sources(
        FinishedState?[] states, IEnumerable<int> some, List<(int Start, int End, string Place)> rules)
    {
        var sources = new EdgeTable<int>();
        foreach (var _ in states) sources.AddState();
        List<int> targets = [];
        foreach (var state in some)
        {
            states[state]!.FindTargets(rules, targets);
            foreach (var target in targets) sources.Add(target, state);
        }

        return sources;
    }
}

namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// Finds how many plain characters (<see cref="TokenTable"/> says which) a state takes, whichever they are. Tokens that consist
/// of such characters need not be walked there.
/// </summary>
internal sealed class PlainRuns
{
    /// <summary>The run of a state that takes any number: more than a token has.</summary>
    public const byte Endless = 255;

    private const int MaxRounds = 50;

    // The lead bytes of UTF-8 with the least and greatest byte that may follow, and how many follow.
    private static readonly (byte First, byte Last, byte Low, byte High, int Length)[] Leads =
    [
        (0xC2, 0xDF, 0x80, 0xBF, 1), (0xE0, 0xE0, 0xA0, 0xBF, 2), (0xE1, 0xEC, 0x80, 0xBF, 2), (0xED, 0xED, 0x80, 0x9F, 2),
        (0xEE, 0xEF, 0x80, 0xBF, 2), (0xF0, 0xF0, 0x90, 0xBF, 3), (0xF1, 0xF3, 0x80, 0xBF, 3), (0xF4, 0xF4, 0x80, 0x8F, 3),
    ];

    private readonly Network _network;
    private readonly CompileBudget _budget;
    private readonly int[] _letters; // the classes of plain characters of one byte
    private readonly (int Symbol, int Low, int High, int Length)[] _leads;

    private PlainRuns(Network network, CompileBudget budget)
    {
        (_network, _budget) = (network, budget);
        var classes = network.ClassOf;
        var plain = Enumerable.Range(0x20, 0x60).Where(value => value is not ('"' or '\\'));
        _letters = [.. plain.Select(value => (int)classes[value]).Distinct()];
        _leads = [.. Leads.SelectMany(lead => Enumerable.Range(lead.First, lead.Last - lead.First + 1)
            .Select(value => ((int)classes[value], (int)classes[lead.Low], (int)classes[lead.High], lead.Length))).Distinct()];
    }

    /// <summary>Fills <see cref="Network.PlainRuns"/> and <see cref="Network.IsPlainBody"/>.</summary>
    public static void Find(Network network, CompileBudget budget)
    {
        var runs = new PlainRuns(network, budget);
        runs.FindEndless();
        runs.FindFinite();
        for (var state = 0; state < network.PlainRuns.Length; state++)
        {
            if (network.PlainRuns[state] > 0) continue;
            network.IsPlainBody[state] = runs.TakesEvery(state, next => network.OnlyAccepts[next]);
        }
    }

    // The greatest set of states from which every character leads into the set. States mostly lead to later ones, so it is
    // found from the last.
    private void FindEndless()
    {
        var runs = _network.PlainRuns;
        var candidates = new List<int>();
        for (var state = runs.Length - 1; state >= 0; state--)
        {
            if (!TakesEvery(state, _ => true)) continue;
            runs[state] = Endless;
            candidates.Add(state);
        }

        var changed = candidates.Count > 0;
        for (var round = 0; changed && round < MaxRounds; round++)
        {
            changed = false;
            foreach (var state in candidates)
            {
                if (runs[state] == 0 || TakesEvery(state, next => runs[next] == Endless)) continue;
                runs[state] = 0;
                changed = true;
            }
        }

        if (changed) Array.Clear(runs); // not settled: nothing is known
    }

    // Every character leads to states with the same run, at the end of which none is taken.
    private void FindFinite()
    {
        var runs = _network.PlainRuns;
        HashSet<int> behind = [];
        for (var state = runs.Length - 1; state >= 0; state--)
        {
            if (runs[state] == Endless || !TakesEvery(state, _ => true) || MayDoMore(state)) continue;
            behind.Clear();
            foreach (var symbol in _letters) AddTargets(state, symbol, symbol, behind);
            foreach (var (symbol, low, high, length) in _leads) AddTargets(state, symbol, low, high, length, behind);
            var run = -1;
            foreach (var next in behind)
            {
                var own = next <= state ? -1 : runs[next] > 0 ? runs[next] : Ends(next) ? 0 : -1;
                if (own < 0 || (run >= 0 && own != run) || own >= Endless - 1)
                {
                    run = -1;
                    break;
                }

                run = own;
            }

            if (run >= 0) runs[state] = (byte)(run + 1);
        }
    }

    private bool MayDoMore(int state) => _network.Accepts[state] || _network.CallStarts[state] != _network.CallStarts[state + 1];

    private bool Ends(int state) => !MayDoMore(state) && !_network.TakesPlain(state);

    /// <summary>Whether every plain character leads to some state of a kind.</summary>
    private bool TakesEvery(int state, Func<int, bool> kind)
    {
        foreach (var symbol in _letters)
        {
            if (!LeadsTo(state, symbol, symbol, kind)) return false;
        }

        foreach (var (symbol, low, high, length) in _leads)
        {
            if (!LeadsTo(state, symbol, symbol, next => Continues(next, low, high, length, kind))) return false;
        }

        return true;
    }

    // All bytes of the range go on, and to one state that takes the rest.
    private bool Continues(int state, int low, int high, int left, Func<int, bool> kind) =>
        left == 1
            ? LeadsTo(state, low, high, kind)
            : LeadsTo(state, low, high, next => Continues(next, _network.ClassOf[0x80], _network.ClassOf[0xBF], left - 1, kind));

    // Each symbol from low to high has an edge to a state of a kind.
    private bool LeadsTo(int state, int low, int high, Func<int, bool> kind)
    {
        for (var symbol = low; symbol <= high; symbol++)
        {
            var found = false;
            foreach (var edge in Edges(state))
            {
                _budget.Spend();
                if (edge.First > symbol || edge.Last < symbol || !kind(edge.To)) continue;
                found = true;
                symbol = Math.Max(symbol, Math.Min(high, edge.Last));
                break;
            }

            if (!found) return false;
        }

        return true;
    }

    private void AddTargets(int state, int low, int high, HashSet<int> targets)
    {
        foreach (var edge in Edges(state))
        {
            if (edge.First <= high && low <= edge.Last) targets.Add(edge.To);
        }
    }

    private void AddTargets(int state, int symbol, int low, int high, int left, HashSet<int> targets)
    {
        HashSet<int> middle = [];
        AddTargets(state, symbol, symbol, middle);
        for (; left > 0; left--)
        {
            HashSet<int> next = left == 1 ? targets : [];
            foreach (var from in middle) AddTargets(from, low, high, next);
            (middle, low, high) = (next, _network.ClassOf[0x80], _network.ClassOf[0xBF]);
            _budget.Spend(middle.Count);
        }
    }

    private ReadOnlySpan<NetworkEdge> Edges(int state) =>
        _network.Edges.AsSpan(_network.EdgeStarts[state].._network.EdgeStarts[state + 1]);
}

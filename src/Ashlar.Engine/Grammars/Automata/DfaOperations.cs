namespace Ashlar.Engine.Grammars.Automata;

/// <summary>Sets of texts combined, and what can be asked of them: products of automata.</summary>
internal static class DfaOperations
{
    public static Dfa And(Dfa left, Dfa right, CompileBudget budget) =>
        left.IsAll ? right : right.IsAll ? left : Combine(left, right, static (a, b) => a && b, Needs.Both, budget);

    public static Dfa Or(Dfa left, Dfa right, CompileBudget budget) =>
        left.IsEmpty ? right : right.IsEmpty ? left : Combine(left, right, static (a, b) => a || b, Needs.Either, budget);

    public static Dfa Except(Dfa left, Dfa right, CompileBudget budget) =>
        right.IsEmpty ? left : Combine(left, right, static (a, b) => a && !b, Needs.Left, budget);

    public static Dfa Not(Dfa set, CompileBudget budget) => Except(Dfa.All, set, budget);

    /// <summary>The texts of a set with so many code points.</summary>
    public static Dfa WithLength(Dfa set, long min, long? max, CompileBudget budget)
    {
        var (shortest, longest) = Lengths(set);
        if (shortest >= min && (max is null || longest <= max)) return set;
        // Beyond the last length that matters all counts are one.
        var last = max is { } bound ? bound + 1 : min;
        if (set.Count * Math.Min(last, longest ?? last) > GrammarLimits.AutomatonStates * 4L) throw budget.TooLarge();
        return DfaExplorer.Explore(
            (State: 0, Length: 0L),
            at => set.Accepts(at.State) && at.Length >= min && (max is null || at.Length <= max),
            (at, edges) =>
            {
                var length = Math.Min(at.Length + 1, last);
                if (max is not null && length > max) return;
                foreach (var edge in set.Edges(at.State)) edges.Add((edge.First, edge.Last, (edge.Target, length)));
            },
            budget);
    }

    /// <summary>The lengths of the shortest and the longest text; null where there is no longest.</summary>
    public static (long Shortest, long? Longest) Lengths(Dfa set)
    {
        if (set.IsEmpty) return (0, 0);
        // Breadth first for the shortest; depth first with colours for the longest.
        var shortest = 0L;
        var seen = new bool[set.Count];
        List<int> level = [0];
        seen[0] = true;
        while (!level.Exists(set.Accepts))
        {
            List<int> next = [];
            foreach (var state in level)
            {
                foreach (var edge in set.Edges(state))
                {
                    if (seen[edge.Target]) continue;
                    seen[edge.Target] = true;
                    next.Add(edge.Target);
                }
            }

            level = next;
            shortest++;
        }

        return (shortest, Longest(set));
    }

    private static long? Longest(Dfa set)
    {
        // Kahn's order: a cycle leaves states over.
        var incoming = new int[set.Count];
        for (var state = 0; state < set.Count; state++)
        {
            foreach (var edge in set.Edges(state)) incoming[edge.Target]++;
        }

        var longest = new long[set.Count];
        Queue<int> ready = [];
        if (incoming[0] == 0) ready.Enqueue(0);
        var (done, most) = (0, 0L);
        while (ready.TryDequeue(out var state))
        {
            done++;
            most = Math.Max(most, longest[state]);
            foreach (var edge in set.Edges(state))
            {
                longest[edge.Target] = Math.Max(longest[edge.Target], longest[state] + 1);
                if (--incoming[edge.Target] == 0) ready.Enqueue(edge.Target);
            }
        }

        return done == set.Count ? most : null;
    }

    private enum Needs
    {
        Left,
        Both,
        Either,
    }

    // A side that has fallen off its automaton is -1.
    private static Dfa Combine(Dfa left, Dfa right, Func<bool, bool, bool> accepts, Needs needs, CompileBudget budget) =>
        DfaExplorer.Explore(
            (Left: 0, Right: 0),
            at => accepts(at.Left >= 0 && left.Accepts(at.Left), at.Right >= 0 && right.Accepts(at.Right)),
            (at, edges) =>
            {
                var (a, b) = (at.Left < 0 ? [] : left.Edges(at.Left), at.Right < 0 ? [] : right.Edges(at.Right));
                var (i, j, next) = (0, 0, 0);
                while (i < a.Length || j < b.Length)
                {
                    while (i < a.Length && a[i].Last < next) i++;
                    while (j < b.Length && b[j].Last < next) j++;
                    var inLeft = i < a.Length && a[i].First <= next;
                    var inRight = j < b.Length && b[j].First <= next;
                    var end = CodePointRanges.Last;
                    if (i < a.Length) end = Math.Min(end, inLeft ? a[i].Last : a[i].First - 1);
                    if (j < b.Length) end = Math.Min(end, inRight ? b[j].Last : b[j].First - 1);
                    if (i == a.Length && j == b.Length) break;
                    var kept = needs switch
                    {
                        Needs.Both => inLeft && inRight,
                        Needs.Left => inLeft,
                        _ => inLeft || inRight,
                    };
                    if (kept) edges.Add((next, end, (inLeft ? a[i].Target : -1, inRight ? b[j].Target : -1)));
                    next = end + 1;
                }
            },
            budget);
}

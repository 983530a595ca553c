namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// Finds the states that plain characters (<see cref="TokenTable"/> says which) do not leave, or leave only to the end of their
/// rule, whatever the character. Tokens that consist of such characters need not be walked there.
/// </summary>
internal static class PlainRuns
{
    // The lead bytes of UTF-8 with the least and greatest byte that may follow, and how many follow.
    private static readonly (byte First, byte Last, byte Low, byte High, int Length)[] Leads =
    [
        (0xC2, 0xDF, 0x80, 0xBF, 1), (0xE0, 0xE0, 0xA0, 0xBF, 2), (0xE1, 0xEC, 0x80, 0xBF, 2), (0xED, 0xED, 0x80, 0x9F, 2),
        (0xEE, 0xEF, 0x80, 0xBF, 2), (0xF0, 0xF0, 0x90, 0xBF, 3), (0xF1, 0xF3, 0x80, 0xBF, 3), (0xF4, 0xF4, 0x80, 0x8F, 3),
    ];

    public static void Find(Network network, CompileBudget budget)
    {
        for (var state = 0; state < network.PlainRuns.Length; state++)
        {
            budget.Spend();
            foreach (var target in Targets(network, state, (byte)'a'))
            {
                if (target == state && ReadsEvery(network, state, target, budget)) network.PlainRuns[state] = PlainRun.Endless;
                else if (network.OnlyAccepts[target] && network.PlainRuns[state] == PlainRun.Unknown
                    && ReadsEvery(network, state, target, budget))
                {
                    network.PlainRuns[state] = PlainRun.Counted;
                }
            }
        }
    }

    private static bool ReadsEvery(Network network, int state, int target, CompileBudget budget)
    {
        for (var value = 0x20; value < 0x80; value++)
        {
            if (value is '"' or '\\') continue;
            budget.Spend();
            if (!Targets(network, state, (byte)value).Contains(target)) return false;
        }

        foreach (var (first, last, low, high, length) in Leads)
        {
            for (var lead = first; lead <= last; lead++)
            {
                if (!Targets(network, state, lead).Any(next => Continues(next, low, high, length))) return false;
            }
        }

        return true;

        // All bytes of the range go on, and to one state that reads the rest.
        bool Continues(int from, byte low, byte high, int left)
        {
            foreach (var edge in Edges(network, from))
            {
                budget.Spend();
                if (edge.First > network.ClassOf[low] || edge.Last < network.ClassOf[high]) continue;
                if (left == 1 ? edge.To == target : Continues(edge.To, 0x80, 0xBF, left - 1)) return true;
            }

            return false;
        }
    }

    private static IEnumerable<int> Targets(Network network, int state, byte value)
    {
        var symbol = network.ClassOf[value];
        foreach (var edge in Edges(network, state))
        {
            if (edge.First <= symbol && symbol <= edge.Last) yield return edge.To;
        }
    }

    private static ArraySegment<NetworkEdge> Edges(Network network, int state) =>
        new(network.Edges, network.EdgeStarts[state], network.EdgeStarts[state + 1] - network.EdgeStarts[state]);
}

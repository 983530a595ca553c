namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// Turns rules that begin with themselves into loops: where A = A x | y, the text is y and then any number of x, so the states
/// in which A ends go on as the state behind that first A. Rules that begin with one another are an error.
/// </summary>
internal static class LeftRecursion
{
    public static void Remove(FinishedState?[] states, List<(int Start, int End, string Place)> rules, CompileBudget budget)
    {
        for (var rule = 0; rule < rules.Count; rule++)
        {
            var start = states[rules[rule].Start]!;
            var number = rule;
            if (start.Calls.Exists(call => call.Rule == number)) Unroll(states, start, rules[rule], rule, budget);
        }

        var colors = new byte[rules.Count]; // 0 new, 1 under way, 2 done
        for (var rule = 0; rule < rules.Count; rule++) Visit(rule, 0);

        void Visit(int rule, int depth)
        {
            if (colors[rule] == 2) return;
            if (colors[rule] == 1 || depth > 2000)
            {
                throw new GrammarException(
                    rules[rule].Place, "the rule begins with itself by way of another; put something before it, or repeat");
            }

            colors[rule] = 1;
            foreach (var call in states[rules[rule].Start]!.Calls) Visit(call.Rule, depth + 1);
            colors[rule] = 2;
        }
    }

    private static void Unroll(
        FinishedState?[] states, FinishedState start, (int Start, int End, string Place) rule, int number, CompileBudget budget)
    {
        List<FinishedState> behind = [];
        foreach (var call in start.Calls.Where(call => call.Rule == number))
        {
            if (call.Max != 1)
            {
                throw new GrammarException(rule.Place, "the rule begins with a repetition of itself; write the repetition alone");
            }

            behind.Add(states[call.To]!);
        }

        var own = Within(states, rule.Start); // found while what stands behind can still be reached
        start.Calls.RemoveAll(call => call.Rule == number);
        // Copied first: an ending state may itself be one of those that stand behind.
        NetworkBuilder.ByteEdge[] bytes = [.. behind.SelectMany(state => state.Bytes).Distinct()];
        NetworkBuilder.CallEdge[] calls = [.. behind.SelectMany(state => state.Calls).Distinct()];
        (int, int)[] specials = [.. behind.SelectMany(state => state.Specials).Distinct()];
        foreach (var state in own)
        {
            budget.Spend(1 + bytes.Length + calls.Length);
            if (!state.Accepts) continue;
            state.Bytes.AddRange(bytes);
            state.Calls.AddRange(calls);
            state.Specials.AddRange(specials);
        }
    }

    private static List<FinishedState> Within(FinishedState?[] states, int start)
    {
        HashSet<int> seen = [start];
        List<FinishedState> found = [];
        Stack<int> open = new([start]);
        while (open.TryPop(out var number))
        {
            var state = states[number]!;
            found.Add(state);
            foreach (var to in state.Bytes.Select(edge => edge.To).Concat(state.Calls.Select(call => call.To))
                .Concat(state.Specials.Select(edge => edge.To)))
            {
                if (seen.Add(to)) open.Push(to);
            }
        }

        return found;
    }
}

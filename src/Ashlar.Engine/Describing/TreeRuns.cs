using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Describing;

/// <summary>Draws the prefix tree together into runs, and keeps the largest.</summary>
internal static class TreeRuns
{
    /// <summary>The runs with the most tokens in and below them; so the parent of each is among them.</summary>
    /// <param name="cache">What holds the tree.</param>
    /// <param name="most">How many runs at most, 0 or more.</param>
    /// <returns>The runs, parents before children, and how many are left out.</returns>
    public static (IReadOnlyList<PrefixRun> Runs, int Omitted) Of(BlockCache cache, int most)
    {
        var runs = Gather(cache);
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            if (runs[i].Parent < 0) continue;
            var parent = runs[runs[i].Parent];
            runs[runs[i].Parent] = parent with { TokensInAll = parent.TokensInAll + runs[i].TokensInAll };
        }

        // Parents have at least their children's tokens and come before them, so no child is kept without its parent.
        var kept = Enumerable.Range(0, runs.Count).OrderByDescending(run => runs[run].TokensInAll).ThenBy(static run => run)
            .Take(most).Order().ToArray();
        var places = new Dictionary<int, int>(kept.Length) { [-1] = -1 };
        foreach (var run in kept) places.Add(run, places.Count - 1);
        return ([.. kept.Select(run => runs[run] with { Parent = places[runs[run].Parent] })], runs.Count - kept.Length);
    }

    private static List<PrefixRun> Gather(BlockCache cache)
    {
        var (tree, pool) = (cache.Tree, cache.Pool);
        var children = new int[pool.Total]; // of each block
        tree.Visit(block =>
        {
            if (tree.ParentOf(block) is >= 0 and var parent) children[parent]++;
        });

        var runs = new List<PrefixRun>();
        var runOf = new int[pool.Total];
        tree.Visit(block =>
        {
            var (parent, tokens, users) = (tree.ParentOf(block), tree.TokensOf(block).Length, pool.Users(block));
            var above = parent < 0 ? -1 : runOf[parent];
            if (above >= 0 && children[parent] == 1 && runs[above].Users == users)
            {
                tokens += runs[above].Tokens;
                runs[above] = runs[above] with { Blocks = runs[above].Blocks + 1, Tokens = tokens, TokensInAll = tokens };
                runOf[block] = above;
                return;
            }

            runOf[block] = runs.Count;
            runs.Add(new() { Parent = above, Blocks = 1, Tokens = tokens, TokensInAll = tokens, Users = users });
        });
        return runs;
    }
}

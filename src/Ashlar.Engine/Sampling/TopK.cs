using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>Keeps the k likeliest candidates; of equals at the border, those with the lowest ids.</summary>
internal sealed class TopK(int k) : ICandidateStage
{
    /// <summary>Groups whose largest logits are looked at first.</summary>
    private const int Groups = 2048;

    private readonly float[] _largest = new float[Groups];

    public void Apply(Candidates candidates)
    {
        if (candidates.Count <= k) return;
        if (k <= Groups / 4 && candidates.Count >= 4 * Groups) candidates.KeepLikely(Bound(candidates));
        candidates.RankByLogit();
        candidates.KeepFirst(isCounted: true, k);
    }

    // With candidates dealt to groups in turns, at least k are as large as the k-th largest of the groups' largest.
    private float Bound(Candidates candidates)
    {
        const int Lanes = Exponentials.Lanes;
        Array.Fill(_largest, float.NegativeInfinity);
        var groups = MemoryMarshal.Cast<float, Vector512<float>>(_largest.AsSpan());
        var all = MemoryMarshal.Cast<float, Vector512<float>>(candidates.Logits);
        for (var first = 0; first < all.Length; first += Groups / Lanes)
        {
            var some = all[first..Math.Min(first + Groups / Lanes, all.Length)];
            for (var i = 0; i < some.Length; i++) groups[i] = Vector512.MaxNative(groups[i], some[i]);
        }

        Selection.RankDescending(_largest, candidates.Selection.Ranks);
        return _largest[candidates.Selection.Border(Groups, [], k).Place];
    }
}

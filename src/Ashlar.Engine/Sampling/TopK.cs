namespace Ashlar.Engine.Sampling;

/// <summary>Keeps the k likeliest candidates; of equals at the border, those with the lowest ids.</summary>
internal sealed class TopK(int k) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        if (candidates.Count <= k) return;
        var logits = candidates.Logits;
        var heap = candidates.Keys[..k]; // the k best so far, the worst of them on top
        for (var i = 0; i < k; i++) heap[i] = Candidates.Key(-logits[i], i);
        for (var i = k / 2 - 1; i >= 0; i--) SiftDown(heap, i);
        for (var i = k; i < logits.Length; i++)
        {
            var key = Candidates.Key(-logits[i], i);
            if (key > heap[0]) continue;
            heap[0] = key;
            SiftDown(heap, 0);
        }

        candidates.Keep(heap);
    }

    private static void SiftDown(Span<ulong> heap, int parent)
    {
        var sinking = heap[parent];
        for (int child; (child = 2 * parent + 1) < heap.Length; parent = child)
        {
            if (child + 1 < heap.Length && heap[child + 1] > heap[child]) child++;
            if (heap[child] <= sinking) break;
            heap[parent] = heap[child];
        }

        heap[parent] = sinking;
    }
}

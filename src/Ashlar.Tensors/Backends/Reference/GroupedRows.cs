namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The rows of each group, in their order.</summary>
internal static unsafe class GroupedRows
{
    /// <summary>Sorts rows by the group that each names; only groups that have rows are there.</summary>
    public static SortedDictionary<long, List<long>> Of(TensorData groups, long count)
    {
        var members = new SortedDictionary<long, List<long>>();
        for (long row = 0; row < groups.Elements; row++)
        {
            var group = RowIndex.Check(groups.As<int>()[row], count, "group");
            if (!members.TryGetValue(group, out var list)) members.Add(group, list = []);
            list.Add(row);
        }

        return members;
    }
}

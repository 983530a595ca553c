namespace Ashlar.Server.Responses;

/// <summary>Keeps responses in memory, within a bound of bytes and of number; the least recently used go first.
/// Thread-safe.</summary>
internal sealed class ResponseStore(int mostResponses = 4096, long mostBytes = 64L << 20)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, StoredResponse Stored)>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Id, StoredResponse Stored)> _byUse = []; // the latest first
    private long _bytes;

    /// <summary>Keeps a response; one that alone is larger than the bound is not kept.</summary>
    public void Add(string id, StoredResponse response)
    {
        if (response.Bytes > mostBytes) return;
        lock (_gate)
        {
            _byId.Add(id, _byUse.AddFirst((id, response)));
            _bytes += response.Bytes;
            while (_bytes > mostBytes || _byUse.Count > mostResponses) Remove(_byUse.Last!);
        }
    }

    /// <summary>A response, if it is there and this caller's.</summary>
    public StoredResponse? Find(string id, int owner)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var node) || node.Value.Stored.Owner != owner) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Stored;
        }
    }

    /// <summary>Forgets a response, if it is there and this caller's.</summary>
    public bool Remove(string id, int owner)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var node) || node.Value.Stored.Owner != owner) return false;
            Remove(node);
            return true;
        }
    }

    private void Remove(LinkedListNode<(string Id, StoredResponse Stored)> node)
    {
        _byId.Remove(node.Value.Id);
        _byUse.Remove(node);
        _bytes -= node.Value.Stored.Bytes;
    }
}

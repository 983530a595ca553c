namespace Ashlar.Models.Tokenizers;

/// <summary>
/// A set of byte strings with a number each, walked byte by byte. The edges of all nodes lie in one hash table.
/// </summary>
internal sealed class PrefixTree
{
    private const ulong Empty = 0;
    private ulong[] _edges = new ulong[64]; // parent (24 bits), byte (8 bits), child (32 bits); child 0 marks an empty slot
    private int[] _values = new int[32];
    private int _nodes = 1; // node 0 is the root

    public PrefixTree() => Array.Fill(_values, -1);

    /// <summary>More nodes than this are refused, by returning false from <see cref="Add"/>.</summary>
    private const int MostNodes = 1 << 24;

    /// <summary>The length of the longest string.</summary>
    public int Longest { get; private set; }

    /// <summary>Adds a string, unless it is there already; false when the tree would grow too large.</summary>
    public bool Add(ReadOnlySpan<byte> text, int value)
    {
        var node = 0;
        foreach (var unit in text)
        {
            var child = Child(node, unit);
            if (child < 0)
            {
                if (_nodes == MostNodes) return false;
                child = AddChild(node, unit);
            }

            node = child;
        }

        if (_values[node] < 0) _values[node] = value;
        Longest = Math.Max(Longest, text.Length);
        return true;
    }

    /// <summary>The node that a byte leads to from <paramref name="node"/> (the root is 0), or -1.</summary>
    public int Child(int node, byte unit)
    {
        var key = ((ulong)(uint)node << 8) | unit;
        var mask = _edges.Length - 1;
        for (var slot = (int)SeededHash.Of(key) & mask; _edges[slot] != Empty; slot = (slot + 1) & mask)
        {
            if (_edges[slot] >> 32 == key) return (int)(uint)_edges[slot];
        }

        return -1;
    }

    /// <summary>The number of the string that ends at a node, or -1.</summary>
    public int ValueOf(int node) => _values[node];

    /// <summary>The longest string that <paramref name="text"/> begins with; false where there is none.</summary>
    public bool TryLongest(ReadOnlySpan<byte> text, out int value, out int length)
    {
        (value, length) = (-1, 0);
        var node = 0;
        for (var i = 0; i < text.Length && (node = Child(node, text[i])) >= 0; i++)
        {
            if (_values[node] >= 0) (value, length) = (_values[node], i + 1);
        }

        return length > 0;
    }

    private int AddChild(int node, byte unit)
    {
        if (_nodes * 2 >= _edges.Length) Grow();
        if (_nodes == _values.Length)
        {
            Array.Resize(ref _values, _nodes * 2);
            _values.AsSpan(_nodes).Fill(-1);
        }

        Insert(_edges, ((((ulong)(uint)node << 8) | unit) << 32) | (uint)_nodes);
        return _nodes++;
    }

    private void Grow()
    {
        var edges = new ulong[_edges.Length * 2];
        foreach (var edge in _edges)
        {
            if (edge != Empty) Insert(edges, edge);
        }

        _edges = edges;
    }

    private static void Insert(ulong[] edges, ulong edge)
    {
        var mask = edges.Length - 1;
        var slot = (int)SeededHash.Of(edge >> 32) & mask;
        while (edges[slot] != Empty) slot = (slot + 1) & mask;
        edges[slot] = edge;
    }
}

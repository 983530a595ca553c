using System.Runtime.InteropServices;

namespace Ashlar.Engine.Cache;

/// <summary>
/// What the blocks of the cache hold: a tree in which the tokens on the way to a block are those that its keys and values were
/// computed from. A block is a node; full ones are found by their tokens at once, and those that are not full yet, or agree with
/// the tokens only at first, by looking through the children. Each root keeps what is below it apart from all else.
/// Allocates nothing but for new roots. Not thread-safe.
/// </summary>
internal sealed class PrefixTree
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockSize = 16;

    /// <summary>How many children are looked through for the one that agrees furthest.</summary>
    private const int MostCompared = 256;

    private const int None = -1;

    private readonly Node[] _nodes;
    private readonly int[] _tokens; // (blocks, BlockSize)
    private readonly int[] _buckets; // the first full block of each hash
    private readonly Dictionary<string, int> _rootsByKey = [];
    private readonly List<Root> _roots = [];
    private readonly Stack<int> _unusedRoots = [];
    private readonly Func<string, BlockName> _nameOfRoot;

    /// <param name="blocks">How many blocks there are.</param>
    /// <param name="nameOfRoot">The name of a root by its key.</param>
    public PrefixTree(int blocks, Func<string, BlockName> nameOfRoot)
    {
        _nodes = new Node[blocks];
        _tokens = new int[checked(blocks * BlockSize)];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)blocks)];
        _buckets.AsSpan().Fill(None);
        _nameOfRoot = nameOfRoot;
    }

    /// <summary>Blocks that are in the tree.</summary>
    public int Count { get; private set; }

    /// <summary>The parent of the first blocks of a key, made where there is none. It stays while it has users or children.</summary>
    public int RootOf(string key)
    {
        if (!_rootsByKey.TryGetValue(key, out var number))
        {
            var root = new Root(key, _nameOfRoot(key));
            if (!_unusedRoots.TryPop(out number))
            {
                number = _roots.Count;
                _roots.Add(root);
            }

            _roots[number] = root;
            _rootsByKey.Add(key, number);
        }

        _roots[number].Users++;
        return ~number;
    }

    /// <summary>A user of a root less.</summary>
    public void LeaveRoot(int root)
    {
        var given = _roots[~root];
        given.Users--;
        DropIfUnused(~root, given);
    }

    public bool Contains(int block) => _nodes[block].IsLinked;

    public bool IsLeaf(int block) => _nodes[block].FirstChild == None;

    public int ParentOf(int block) => _nodes[block].Parent;

    /// <summary>The tokens of a block in the tree.</summary>
    public ReadOnlySpan<int> TokensOf(int block) => _tokens.AsSpan(block * BlockSize, _nodes[block].Count);

    /// <summary>The name of a root or of a full block in the tree.</summary>
    public BlockName NameOf(int parent) => parent < 0 ? _roots[~parent].Name : _nodes[parent].Name;

    /// <summary>The full block with just these tokens below a parent, or -1.</summary>
    public int Find(int parent, ReadOnlySpan<int> tokens)
    {
        for (var block = _buckets[Bucket(parent, tokens)]; block != None; block = _nodes[block].NextInBucket)
        {
            if (_nodes[block].Parent == parent && TokensOf(block).SequenceEqual(tokens)) return block;
        }

        return None;
    }

    /// <summary>The child that agrees furthest with some tokens.</summary>
    /// <param name="parent">A root or a full block.</param>
    /// <param name="tokens">Up to <see cref="BlockSize"/> of them count.</param>
    /// <param name="step">The number of this step: what is written in it cannot be copied yet.</param>
    /// <returns>
    /// The child, or -1; with how many tokens it agrees that can be copied; and with how many more it will once this step is done.
    /// </returns>
    public (int Block, int Ready, int Pending) FindSimilar(int parent, ReadOnlySpan<int> tokens, long step)
    {
        var best = (Block: None, Ready: 0, Pending: 0);
        var compared = 0;
        for (var block = FirstChild(parent); block != None && compared < MostCompared; block = _nodes[block].NextSibling, compared++)
        {
            var common = TokensOf(block).CommonPrefixLength(tokens);
            var ready = Math.Min(common, _nodes[block].ReadyCount(step));
            if (ready > best.Ready) (best.Block, best.Ready) = (block, ready);
            best.Pending = Math.Max(best.Pending, common);
        }

        return best;
    }

    /// <summary>Puts a block into the tree, without tokens yet.</summary>
    public void Link(int block, int parent)
    {
        ref var node = ref _nodes[block];
        var first = FirstChild(parent);
        node = new Node { IsLinked = true, Parent = parent, FirstChild = None, NextSibling = first, PreviousSibling = None };
        if (first != None) _nodes[first].PreviousSibling = block;
        SetFirstChild(parent, block);
        Count++;
    }

    /// <summary>Adds tokens to a block that is not full.</summary>
    /// <param name="block">A block in the tree.</param>
    /// <param name="tokens">Their keys and values are written in this step.</param>
    /// <param name="step">The number of the step.</param>
    public void Append(int block, ReadOnlySpan<int> tokens, long step)
    {
        ref var node = ref _nodes[block];
        tokens.CopyTo(_tokens.AsSpan(block * BlockSize + node.Count, BlockSize - node.Count));
        node.Write(node.Count + tokens.Length, step);
    }

    /// <summary>Makes a full block one that is found by its tokens, and gives it its name.</summary>
    public void Seal(int block)
    {
        ref var node = ref _nodes[block];
        ref var bucket = ref _buckets[Bucket(node.Parent, TokensOf(block))];
        node.NextInBucket = bucket;
        bucket = block;
        node.IsSealed = true;
        node.Name = NameOf(node.Parent).Next(TokensOf(block));
    }

    /// <summary>Whether the block is full and found by its tokens.</summary>
    public bool IsSealed(int block) => _nodes[block].IsSealed;

    /// <summary>Takes a leaf out of the tree.</summary>
    public void Unlink(int block)
    {
        ref var node = ref _nodes[block];
        if (node.FirstChild != None) throw new InvalidOperationException($"block {block} is no leaf of the prefix tree");
        if (node.IsSealed) RemoveFromBucket(block);
        if (node.NextSibling != None) _nodes[node.NextSibling].PreviousSibling = node.PreviousSibling;
        if (node.PreviousSibling != None) _nodes[node.PreviousSibling].NextSibling = node.NextSibling;
        else SetFirstChild(node.Parent, node.NextSibling);
        node.IsLinked = false;
        Count--;
        if (node.Parent < 0) DropIfUnused(~node.Parent, _roots[~node.Parent]);
    }

    /// <summary>Some leaf at or below a block.</summary>
    public int LeafBelow(int block)
    {
        while (_nodes[block].FirstChild != None) block = _nodes[block].FirstChild;
        return block;
    }

    /// <summary>The full block of a name, or -1. Looks at all blocks.</summary>
    public int Find(BlockName name) =>
        Array.FindIndex(_nodes, node => node is { IsLinked: true, IsSealed: true } && node.Name == name);

    /// <summary>Calls for every block in the tree, parents before children.</summary>
    public void Visit(Action<int> visit)
    {
        var pending = new Stack<int>();
        for (var root = 0; root < _roots.Count; root++)
        {
            if (_roots[root].FirstChild != None) pending.Push(_roots[root].FirstChild);
        }

        while (pending.TryPop(out var block))
        {
            visit(block);
            if (_nodes[block].NextSibling != None) pending.Push(_nodes[block].NextSibling);
            if (_nodes[block].FirstChild != None) pending.Push(_nodes[block].FirstChild);
        }
    }

    private int FirstChild(int parent) => parent < 0 ? _roots[~parent].FirstChild : _nodes[parent].FirstChild;

    private void SetFirstChild(int parent, int block)
    {
        if (parent < 0) _roots[~parent].FirstChild = block;
        else _nodes[parent].FirstChild = block;
    }

    private void DropIfUnused(int number, Root root)
    {
        if (root.Users > 0 || root.FirstChild != None || !_rootsByKey.Remove(root.Key)) return;
        _unusedRoots.Push(number);
    }

    private void RemoveFromBucket(int block)
    {
        ref var place = ref _buckets[Bucket(_nodes[block].Parent, TokensOf(block))];
        while (place != block) place = ref _nodes[place].NextInBucket;
        place = _nodes[block].NextInBucket;
    }

    private int Bucket(int parent, ReadOnlySpan<int> tokens)
    {
        var hash = new HashCode(); // seeded by the process: nobody can choose prompts that collide
        hash.Add(parent);
        hash.AddBytes(MemoryMarshal.AsBytes(tokens));
        return hash.ToHashCode() & (_buckets.Length - 1);
    }

    /// <summary>A block's place in the tree.</summary>
    private struct Node
    {
        private long _step; // the last in which something was written
        private int _countBefore; // that step

        public bool IsLinked;
        public bool IsSealed;
        public int Parent;
        public int FirstChild;
        public int NextSibling;
        public int PreviousSibling;
        public int NextInBucket;
        public BlockName Name;

        public int Count { get; private set; }

        public readonly int ReadyCount(long step) => step == _step ? _countBefore : Count;

        public void Write(int count, long step)
        {
            if (step != _step) (_step, _countBefore) = (step, Count);
            Count = count;
        }
    }

    private sealed class Root(string key, BlockName name)
    {
        public string Key => key;

        public BlockName Name => name;

        public int FirstChild { get; set; } = None;

        public int Users { get; set; }
    }
}

using System.Collections.Concurrent;
using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// Moves blocks between the cache and what lies below it, on a thread of its own: the engine's goes on meanwhile. Whoever asks
/// keeps the blocks from being taken until it is told.
/// </summary>
internal sealed class BlockTransfers : IDisposable
{
    private readonly BlockingCollection<Action> _jobs = [];
    private readonly PagedPass _pass;
    private readonly DiskTier? _disk;
    private readonly PeerTier? _peers;
    private readonly Action<Action> _tell;
    private readonly byte[] _file;
    private readonly Thread _thread;
    private volatile bool _isClosing;

    /// <summary>Starts the thread.</summary>
    /// <param name="pass">Whose blocks are moved.</param>
    /// <param name="disk">Blocks on disk, if they are kept there.</param>
    /// <param name="peers">Blocks of others, if there are any.</param>
    /// <param name="tell">Has something done on the engine's thread.</param>
    public BlockTransfers(PagedPass pass, DiskTier? disk, PeerTier? peers, Action<Action> tell)
    {
        (_pass, _disk, _peers, _tell) = (pass, disk, peers, tell);
        _file = new byte[BlockFile.HeadBytes + pass.BlockBytes];
        _thread = new(Work) { Name = "ashlar blocks", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Whether other engines are asked.</summary>
    public bool HasPeers => _peers is not null;

    /// <summary>Whether blocks are kept.</summary>
    public bool Saves => _disk is not null;

    /// <summary>Whether a block is on disk.</summary>
    public bool Knows(BlockName name) => _disk?.Contains(name) ?? false;

    /// <summary>Keeps a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="parent">The name of the block before it, or of the root.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="then">What to do on the engine's thread then.</param>
    public void Save(int block, BlockName parent, int[] tokens, Action then) => _jobs.Add(() =>
    {
        try
        {
            var name = parent.Next(tokens);
            if (_isClosing || _disk!.Contains(name)) return;
            _pass.ReadBlock(block, _file.AsSpan(BlockFile.HeadBytes));
            BlockFile.Seal(_file, parent, tokens);
            _disk.Write(name, _file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failed++; // a disk that is full or gone costs what was to be kept, and nothing else
        }
        finally
        {
            _tell(then);
        }
    });

    /// <summary>Fills blocks, the first ones as far as there is what to fill them with.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="names">Their names.</param>
    /// <param name="isWanted">Whether somebody still waits for it.</param>
    /// <param name="then">Told on the engine's thread how many were filled from disk, and how many by peers.</param>
    public void Load(int[] blocks, BlockName[] names, Func<bool> isWanted, Action<int, int> then) => _jobs.Add(() =>
    {
        var (fromDisk, fromPeers) = (0, 0);
        for (var i = 0; i < blocks.Length && isWanted() && !_isClosing; i++)
        {
            if (_disk?.TryRead(names[i], _file) ?? false) fromDisk++;
            else if (_peers?.TryRead(names[i], _file) ?? false) fromPeers++;
            else break;
            _pass.WriteBlock(blocks[i], _file.AsSpan(BlockFile.HeadBytes));
        }

        _tell(() => then(fromDisk, fromPeers));
    });

    /// <summary>Blocks that could not be kept.</summary>
    public long Failed { get; private set; }

    /// <summary>Waits for the transfer that is under way; the others are given up.</summary>
    public void Dispose()
    {
        _isClosing = true;
        _jobs.CompleteAdding();
        _thread.Join();
        _jobs.Dispose();
    }

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable()) job();
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// Moves blocks between the cache and what lies below it, on a thread of its own: the engine's goes on meanwhile. Somebody waits for
/// what is read, and so it goes before what is written. Whoever asks for blocks to be filled keeps them from being taken until it is
/// told.
/// </summary>
internal sealed class BlockTransfers : IDisposable
{
    /// <summary>Bytes that may wait to be written.</summary>
    private const long MostWaiting = 128L << 20;

    private const int MostClosingMilliseconds = 10_000;

    private readonly ConcurrentQueue<Action> _loads = [], _writes = [];
    private readonly SemaphoreSlim _queued = new(0); // once for each of both, and once at the end
    private readonly ConcurrentDictionary<BlockName, bool> _saving = [];
    private readonly PagedPass _pass;
    private readonly DiskTier? _disk;
    private readonly PeerTier? _peers;
    private readonly Action<Action> _tell;
    private readonly byte[] _file;
    private readonly int _blockBytes;
    private readonly Thread _thread;
    private long _lastWrite = long.MaxValue; // when, in ticks of the environment
    private volatile bool _isClosing;

    /// <summary>Starts the thread.</summary>
    /// <param name="pass">Whose blocks are moved.</param>
    /// <param name="disk">Blocks on disk, if they are kept there.</param>
    /// <param name="peers">Blocks of others, if there are any.</param>
    /// <param name="tell">Has something done on the engine's thread.</param>
    public BlockTransfers(PagedPass pass, DiskTier? disk, PeerTier? peers, Action<Action> tell)
    {
        (_pass, _disk, _peers, _tell) = (pass, disk, peers, tell);
        _blockBytes = checked((int)pass.Cache.BytesOfBlock);
        _file = new byte[BlockFile.HeadBytes + _blockBytes];
        _thread = new(Work) { Name = "ashlar blocks", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Whether other engines are asked.</summary>
    public bool HasPeers => _peers is not null;

    /// <summary>Whether blocks are kept.</summary>
    public bool Saves => _disk is not null;

    /// <summary>Whether a block is on disk.</summary>
    public bool Knows(BlockName name) => _disk?.Contains(name) ?? false;

    /// <summary>A block's file, from disk; null where it is not there.</summary>
    public byte[]? Read(BlockName name)
    {
        var file = new byte[BlockFile.HeadBytes + _blockBytes];
        return _disk is not null && _disk.TryRead(name, file) ? file : null;
    }

    /// <summary>Keeps a block: copies it, and writes the copy later.</summary>
    /// <param name="block">The block.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parent">The name of the block before it, or of the root.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <returns>Whether it is kept; not where too much waits to be written already.</returns>
    public bool Save(int block, BlockName name, BlockName parent, ReadOnlySpan<int> tokens)
    {
        if (Knows(name) || _saving.ContainsKey(name)) return true;
        var bytes = BlockFile.HeadBytes + _blockBytes;
        if ((_saving.Count + 1L) * bytes > MostWaiting) return false;
        var file = ArrayPool<byte>.Shared.Rent(bytes);
        _pass.Cache.Export(block, file.AsSpan(BlockFile.HeadBytes, _blockBytes));
        _saving[name] = true;
        var own = tokens.ToArray();
        Queue(_writes, () => Write(name, parent, own, file));
        return true;
    }

    /// <summary>Fills blocks, the first ones as far as there is what to fill them with.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="names">Their names.</param>
    /// <param name="isWanted">Whether somebody still waits for it.</param>
    /// <param name="then">Told on the engine's thread how many were filled from disk, and how many by peers.</param>
    public void Load(int[] blocks, BlockName[] names, Func<bool> isWanted, Action<int, int> then) => Queue(_loads, () =>
    {
        var (fromDisk, fromPeers) = (0, 0);
        for (var i = 0; i < blocks.Length && isWanted() && !_isClosing; i++)
        {
            if (_disk is not null && _disk.TryRead(names[i], _file)) fromDisk++;
            else if (_peers is not null && _peers.TryRead(names[i], _file)) fromPeers++;
            else break;
            _pass.Cache.Import(blocks[i], _file.AsSpan(BlockFile.HeadBytes));
        }

        _tell(() => then(fromDisk, fromPeers));
    });

    /// <summary>Blocks that could not be kept.</summary>
    public long Failed { get; private set; }

    /// <summary>Writes what waits to be written, but for some seconds only; what waits to be read is given up.</summary>
    public void Dispose()
    {
        _isClosing = true;
        Volatile.Write(ref _lastWrite, Environment.TickCount64 + MostClosingMilliseconds);
        _queued.Release();
        _thread.Join();
        _queued.Dispose();
    }

    private void Write(BlockName name, BlockName parent, int[] tokens, byte[] file)
    {
        var whole = file.AsSpan(0, BlockFile.HeadBytes + _blockBytes);
        try
        {
            if (Environment.TickCount64 > _lastWrite) return;
            BlockFile.Seal(whole, parent, tokens);
            _disk!.Write(name, whole);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failed++; // a disk that is full or gone costs what was to be kept, and nothing else
        }
        finally
        {
            _saving.TryRemove(name, out _);
            ArrayPool<byte>.Shared.Return(file);
        }
    }

    private void Queue(ConcurrentQueue<Action> jobs, Action job)
    {
        jobs.Enqueue(job);
        _queued.Release();
    }

    private void Work()
    {
        while (true)
        {
            _queued.Wait();
            if (!_loads.TryDequeue(out var job) && !_writes.TryDequeue(out job)) return; // nothing is left, and it closes
            job();
        }
    }
}

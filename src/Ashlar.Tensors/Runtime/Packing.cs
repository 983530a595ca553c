using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Packs matrices by threads of its own, while what is to read them is made ready. They take pieces in the order of the file, so
/// that the system reads it ahead; a piece's pages of the file are given back when it is packed.
/// </summary>
internal sealed unsafe class Packing
{
    private readonly Lock _lock = new();
    private readonly List<Piece> _pieces = [];
    private int _next = -1;
    private Task[]? _tasks;

    /// <summary>Adds a matrix, before the start.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="target">Where it goes.</param>
    public void Add(WeightMatrix matrix, byte* target)
    {
        const long PieceBytes = 1 << 20;
        var groups = PackedMatrices.Groups(matrix);
        var count = Math.Clamp(PackedMatrices.Bytes(matrix) / PieceBytes, 1, groups);
        for (var i = 0L; i < count; i++)
        {
            _pieces.Add(new Piece(matrix, groups * i / count, groups * (i + 1) / count, (nint)target));
        }
    }

    /// <summary>Begins, where that was not done. One thread alone is the caller's: all is packed when this returns.</summary>
    public void Start(int threads)
    {
        lock (_lock)
        {
            if (_tasks is not null) return;
            _tasks = new Task[Math.Clamp(threads, 1, Math.Max(1, _pieces.Count))];
            for (var i = 0; i < _tasks.Length; i++) _tasks[i] = new Task(PackPieces, TaskCreationOptions.LongRunning);
            foreach (var task in _tasks)
            {
                if (threads == 1) task.RunSynchronously(TaskScheduler.Default);
                else task.Start(TaskScheduler.Default);
            }
        }
    }

    /// <summary>Returns when all is packed.</summary>
    public void Wait()
    {
        lock (_lock)
        {
            if (_tasks is null || _pieces.Count == 0) return;
            Task.WaitAll(_tasks);
            _pieces.Clear(); // they hold weights
        }
    }

    private void PackPieces()
    {
        while (Interlocked.Increment(ref _next) is var next && next < _pieces.Count)
        {
            var (matrix, from, to, target) = _pieces[next];
            PackedMatrices.Pack(matrix, from, to, (byte*)target);
            if (!matrix.Data.IsFileMapping) continue;
            // From here on the packed form is read; the file's pages need not be kept beside it.
            var (start, end) = PackedMatrices.SourceBytes(matrix, from, to);
            MappedPages.Release(matrix.Data.Pointer + start, end - start);
        }
    }

    private readonly record struct Piece(WeightMatrix Matrix, long From, long To, nint Target);
}

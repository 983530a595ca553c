using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Calls of a function in C# as tasks of a pool, which knows native functions only. For one run at a time; a run allocates
/// nothing.
/// </summary>
internal sealed unsafe class ManagedTasks : IDisposable
{
    private readonly NativeBlock _memory = new(sizeof(Stage) + sizeof(Launch) + sizeof(long)); // the last holds the handle
    private GCHandle<ManagedTasks> _handle;
    private Action<int>? _call;
    private Exception? _failure;

    public ManagedTasks()
    {
        _handle = new(this);
        var slot = (long*)(_memory.Pointer + sizeof(Stage) + sizeof(Launch));
        *slot = GCHandle<ManagedTasks>.ToIntPtr(_handle);
        *(Stage*)_memory.Pointer = new() { First = 0, Count = 1 };
        *(Launch*)(_memory.Pointer + sizeof(Stage)) = new() { Function = &Call, Arguments = slot, Grain = 1 };
    }

    /// <summary>Calls a function for each number below a count.</summary>
    /// <exception cref="AggregateException">A call has thrown; the others were made all the same.</exception>
    public void Run(WorkerPool pool, int count, Action<int> call)
    {
        (_call, _failure) = (call, null);
        var launch = (Launch*)(_memory.Pointer + sizeof(Stage));
        launch->Count = count;
        pool.Run((Stage*)_memory.Pointer, 1, launch);
        _call = null;
        if (_failure is not null) throw new AggregateException(_failure);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _memory.Dispose();
    }

    // No exception may leave it: there is nobody on a worker's stack to catch it.
    [UnmanagedCallersOnly]
    private static void Call(long* slots, long from, long to, byte* scratch)
    {
        var tasks = GCHandle<ManagedTasks>.FromIntPtr((nint)(*slots)).Target;
        for (var i = from; i < to; i++)
        {
            try
            {
                tasks._call!((int)i);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref tasks._failure, error, null);
            }
        }
    }
}

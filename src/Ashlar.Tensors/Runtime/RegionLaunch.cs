using Ashlar.Tensors.Backends;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>What a kernel region needs to be launched in each run: its kernels, and where its arguments come from.</summary>
internal sealed unsafe class RegionLaunch
{
    // Less work than this, in operations, is not worth another thread: handing it over costs as much.
    private const long SmallestTask = 20_000;

    // Tasks of attention are of very different sizes, the largest last; more of them leave the threads ready together.
    private const int AttentionTasksPerThread = 64;

    private readonly KernelRegion _region;
    private readonly InstructionSet _set;
    private readonly Kernel?[] _kernels = new Kernel?[3];
    private readonly long[] _numbers; // (slots): what is known of a slot: its value, or the number that finds it in a run
    private readonly int _rows, _range, _operations; // the numbers of sizes
    private readonly int _list; // the number of the preparation, or -1

    public RegionLaunch(
        KernelRegion region, InstructionSet set, SizeTable sizes, Dictionary<TensorData, PackedStore> packed,
        Preparations preparations, Launch* launch, long* arguments)
    {
        (_region, _set) = (region, set);
        Launch = launch;
        Arguments = arguments;
        Slots = [.. region.Arguments];
        _numbers =
        [
            .. Slots.Select(slot => slot switch
            {
                Slot.Number number => number.Constant,
                Slot.Weights weights => (long)packed[weights.Matrix.Data].Pointer,
                Slot.Count count => sizes.NumberOf(count.Size),
                Slot.Prepared prepared => preparations.NumberOf(prepared.Preparation),
                _ => 0,
            }),
        ];
        _rows = sizes.NumberOf(region.Rows);
        _range = sizes.NumberOf(region.Range.Size);
        _operations = sizes.NumberOf(region.Operations);
        _list = region.Range.List is { } list ? preparations.NumberOf(list) : -1;
        launch->Arguments = arguments;
    }

    /// <summary>What the pool is given.</summary>
    public Launch* Launch { get; }

    /// <summary>The arguments in memory; one slot more than the kernel's own.</summary>
    public long* Arguments { get; }

    /// <summary>Where the arguments come from.</summary>
    public Slot[] Slots { get; }

    /// <summary>Writes the arguments of a run.</summary>
    public void WriteArguments(ReadOnlySpan<long> sizes, ProgramMemory values, Preparations preparations)
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            Arguments[i] = Slots[i] switch
            {
                Slot.Address address => (long)(values.AddressOf(address.Value) + address.Bytes),
                Slot.Count => sizes[(int)_numbers[i]],
                Slot.Prepared => preparations.AddressOf((int)_numbers[i]),
                _ => _numbers[i],
            };
        }
    }

    /// <summary>Chooses kernel, range and tasks for a run.</summary>
    /// <returns>The scratch memory that the kernel needs.</returns>
    public long Prepare(ReadOnlySpan<long> sizes, Preparations preparations, int threads)
    {
        var count = _list < 0 ? sizes[_range] : sizes[_range] * preparations.LengthOf(_list);
        var rows = sizes[_rows];
        Launch->Count = rows == 0 ? 0 : count;
        Launch->Grain = 1;
        if (Launch->Count == 0) return 0;
        var kernel = KernelFor(rows);
        Launch->Function = kernel.Function;
        Arguments[Slots.Length] = kernel.Context;
        Launch->Grain = threads == 1 ? count : Grain(count, sizes[_operations], threads);
        return kernel.ScratchBytes;
    }

    private long Grain(long count, long operations, int threads)
    {
        // How much attention does depends on its context, which its operations do not tell.
        if (_list >= 0) return Even(AttentionTasksPerThread);
        var even = Even(_region.TasksPerThread);
        var worthwhile = (long)Math.Min(count, Math.Ceiling((double)count * SmallestTask / Math.Max(operations, 1)));
        return Math.Max(even, worthwhile);

        long Even(int tasks) => (count + threads * tasks - 1) / (threads * tasks);
    }

    private Kernel KernelFor(long rows)
    {
        // One row, few rows and many rows may have kernels of their own; a kernel for all is found under each.
        var index = rows == 1 ? 0 : rows <= MatMulRegion.Few ? 1 : 2;
        return _kernels[index] ??= KernelSource.Get(_region.Specification(rows), _set);
    }
}

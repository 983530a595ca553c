using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Runs a plan: kernels on a pool of threads, level by level, over one arena. A run in which no size is larger than before
/// allocates nothing on the managed heap, as long as no region needs the reference backend.
/// </summary>
internal sealed unsafe class CompiledProgram : GraphProgram
{
    private readonly (IndexCheck Check, int Indices, int Limit)[] _checks; // the numbers of the binding and of the size
    private readonly Bindings _bindings;
    private readonly SizeTable _sizeTable;
    private readonly long[] _sizes;
    private readonly RegionLaunch[] _launches;
    private readonly List<Step> _steps;
    private readonly List<Final> _finals = []; // by step and stage
    private readonly NativeBlock _memory; // launches, stages and arguments
    private readonly ProgramMemory _values;
    private readonly Preparations _preparations;
    private readonly Dictionary<TensorData, PackedStore> _packed;
    private readonly ReferenceBackend _backend;
    private readonly WorkerPool _pool;
    private ManagedTasks? _tasks;
    private readonly CacheRegion[] _caches;
    private bool _isPacked;

    public CompiledProgram(Plan plan, Bindings bindings, int threads)
    {
        _bindings = bindings;
        _caches = [.. plan.Regions.OfType<CacheRegion>()];
        _sizeTable = new SizeTable(bindings.Symbols);
        _values = new ProgramMemory(plan, bindings);
        _preparations = new Preparations(plan, bindings, threads);
        _backend = new ReferenceBackend(threads);

        _packed = PackedStore.Of(plan.Regions.OfType<IWeighted>().Select(region => region.Matrix));
        var kernels = plan.Regions.OfType<KernelRegion>().ToArray();
        var slots = kernels.Sum(region => region.Arguments.Count() + 1);
        _memory = new NativeBlock(kernels.Length * (sizeof(Launch) + sizeof(Stage)) + slots * sizeof(long));
        var launch = (Launch*)_memory.Pointer;
        var stage = (Stage*)(launch + kernels.Length);
        var argument = (long*)(stage + kernels.Length);
        _launches = new RegionLaunch[kernels.Length];
        _steps = [];
        var index = 0;
        var lastChange = LastChanges(plan);
        for (var output = 0; output < lastChange.Length; output++)
        {
            if (lastChange[output] < 0) _finals.Add(new Final(-1, 0, output));
        }

        foreach (var level in plan.Regions.GroupBy(region => region.Level))
        {
            var first = index;
            foreach (var region in level.OfType<KernelRegion>())
            {
                _launches[index] = new RegionLaunch(
                    region, plan.Set, _sizeTable, _packed, _preparations, launch + index, argument);
                argument += _launches[index].Slots.Length + 1;
                index++;
            }

            if (index > first)
            {
                *stage = new Stage { First = first, Count = index - first };
                // Stages with nothing of the reference backend between them are one run of the pool.
                if (_steps is [.., { Reference: null } last]) _steps[^1] = last with { Count = last.Count + 1 };
                else _steps.Add(new Step(stage - (Stage*)(launch + kernels.Length), 1, null));
                stage++;
            }

            foreach (var region in level.OfType<ReferenceRegion>()) _steps.Add(new Step(0, 0, region));
            for (var output = 0; output < lastChange.Length; output++)
            {
                if (lastChange[output] == level.Key) _finals.Add(new Final(_steps.Count - 1, _steps[^1].Count, output));
            }
        }

        _checks = [.. plan.Checks.Select(
            check => (check, bindings.NumberOf(check.Indices.Node), _sizeTable.NumberOf(check.Limit)))];
        _sizes = new long[_sizeTable.Count];
        _pool = WorkerPools.Rent(threads);
        PackedStore.Start(_packed.Values, threads); // meanwhile kernels can be made; nothing may fail from here on
    }

    public override long Bytes => _values.Bytes;

    public override void Run(Action<int>? outputReady)
    {
        EvaluateSizes();
        foreach (var (check, indices, limit) in _checks) Check(check, _bindings.Data(indices), _sizes[limit]);
        _values.Prepare();
        _preparations.Run();

        long scratch = 0;
        foreach (var launch in _launches)
        {
            launch.WriteArguments(_sizes, _values, _preparations);
            scratch = Math.Max(scratch, launch.Prepare(_sizes, _preparations, _pool.Threads));
        }

        _pool.EnsureScratch(scratch);
        WaitForPacking();
        var launches = (Launch*)_memory.Pointer;
        var stages = (Stage*)(launches + _launches.Length);
        if (outputReady is not null)
        {
            RunInParts(stages, launches, outputReady);
            return;
        }

        foreach (var step in _steps)
        {
            if (step.Reference is null) _pool.Run(stages + step.First, step.Count, launches);
            else Compute(step.Reference);
        }
    }

    public override void ForEach(int count, Action<int> call) => (_tasks ??= new()).Run(_pool, count, call);

    public override TensorData Output(int index) => _values.Output(index);

    public override string LayoutOf(Node state) =>
        Array.Find(_caches, cache => Graph.KeyOf(cache.State) == Graph.KeyOf(state))?.Layout ?? base.LayoutOf(state);

    public override bool Overwrites(TensorData data) => _values.Overwrites(data);

    public override void Dispose()
    {
        WaitForPacking();
        WorkerPools.Return(_pool);
        _tasks?.Dispose();
        _values.Dispose();
        _preparations.Dispose();
        _memory.Dispose();
        GC.KeepAlive(_packed);
    }

    // The level of the last region that writes an output; -1 where that lies in what was given.
    private static int[] LastChanges(Plan plan) =>
    [
        .. plan.Outputs.Select(output => plan.Regions
            .Where(region => region.Writes.Contains(output) || region.Changes.Contains(output))
            .Select(region => region.Level).DefaultIfEmpty(-1).Max()),
    ];

    // Threads meet before each call.
    private void RunInParts(Stage* stages, Launch* launches, Action<int> outputReady)
    {
        var next = 0;
        for (; next < _finals.Count && _finals[next].Step < 0; next++) outputReady(_finals[next].Output);
        for (var i = 0; i < _steps.Count; i++)
        {
            var (step, done) = (_steps[i], 0);
            if (step.Reference is not null) Compute(step.Reference);
            for (; next < _finals.Count && _finals[next].Step == i; next++)
            {
                var count = _finals[next].Stages - done;
                if (count > 0) _pool.Run(stages + step.First + done, count, launches);
                done += count;
                outputReady(_finals[next].Output);
            }

            if (step.Count > done) _pool.Run(stages + step.First + done, step.Count - done, launches);
        }
    }

    private void EvaluateSizes()
    {
        try
        {
            _sizeTable.Evaluate(_bindings.SymbolValues, _sizes);
        }
        catch (OverflowException error)
        {
            throw new InvalidOperationException($"{_bindings.DescribeSizes()}: a size does not fit 63 bits", error);
        }
    }

    private void WaitForPacking()
    {
        if (_isPacked) return;
        PackedStore.Wait(_packed.Values);
        _isPacked = true;
    }

    private static void Check(IndexCheck check, TensorData data, long limit)
    {
        var indices = data.As<int>();
        for (long i = 0; i < data.Elements; i++)
        {
            if ((uint)indices[i] >= (ulong)limit)
            {
                throw RunError.Of(check.Node, new InvalidOperationException($"there is no row {indices[i]} among {limit}"));
            }
        }
    }

    private void Compute(ReferenceRegion region)
    {
        var node = region.Nodes[0];
        try
        {
            var inputs = new TensorData[region.Operands.Count];
            for (var i = 0; i < inputs.Length; i++) inputs[i] = _values.DataOf(region.Operands[i], node.Inputs[i]);
            if (node.Op is Store) _backend.Compute(node, inputs, inputs[0]);
            else _backend.Compute(node, inputs, _values.DataOf(region.Writes[0], node));
        }
        catch (Exception error) when (RunError.IsExpected(error))
        {
            throw RunError.Of(node, error);
        }
    }

    /// <summary>An output that is final after so many stages of a step.</summary>
    private readonly record struct Final(int Step, int Stages, int Output);

    /// <summary>Some stages of kernels, or one call of the reference backend.</summary>
    private readonly record struct Step(long First, int Count, ReferenceRegion? Reference);
}

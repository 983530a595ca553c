using System.Runtime.InteropServices;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Limits;

/// <summary>The limits of this machine, by loops that are measured in one run with what is compared with them.</summary>
internal sealed unsafe class MachineLimits : IDisposable
{
    // Many times what the last cache holds, for each core.
    private const long BytesOfCore = 256 << 20;

    private readonly NativePages _memory = new(BytesOfCore * EveryCore.Count);
    private readonly NativePages _factors = new(4096);

    /// <summary>Emits the loops.</summary>
    public MachineLimits()
    {
        if (Processor.Chosen() < InstructionSet.Avx2)
        {
            throw new NotSupportedException("the limits are measured by emitted x64 code, of avx2 at the least");
        }

        // Pages that were never written are one page of zeros.
        NativeMemory.Fill(_memory.Pointer, (nuint)_memory.Bytes, 1);
        // Numbers near one, as bytes, bfloat16 and float32 alike: 0x3f803f80.
        for (var i = 0; i < _factors.Bytes; i++) _factors.Pointer[i] = (byte)(i % 2 == 0 ? 0x80 : 0x3f);
        var read = ReadLoop.Forms.Select(form => (Form: form, Kernel: form.Emit())).ToArray();
        All =
        [
            new Limit(Limit.ReadOneCore, [.. read.Select(loop => OneCore(loop.Form, loop.Kernel))]),
            new Limit(Limit.ReadEveryCore, [.. read.Select(loop => Together(loop.Form, loop.Kernel))]),
            .. from form in ArithmeticLoop.Forms
               group OneCore(form) by form.Arithmetic into loops
               select new Limit(Limit.Peak(loops.Key), [.. loops]),
        ];
    }

    /// <summary>The limits.</summary>
    public IReadOnlyList<Limit> All { get; }

    /// <summary>Finds each limit in the speeds of all loops, which stand in the order of <see cref="All"/>.</summary>
    public IReadOnlyList<MeasuredLimit> Of(ReadOnlySpan<Speed> speeds)
    {
        var limits = new List<MeasuredLimit>();
        foreach (var limit in All)
        {
            var loops = speeds[..limit.Loops.Count].ToArray();
            speeds = speeds[limit.Loops.Count..];
            limits.Add(new MeasuredLimit(limit.Name, loops.MaxBy(loop => loop.Median)!, loops));
        }

        return limits;
    }

    public void Dispose()
    {
        _memory.Dispose();
        _factors.Dispose();
    }

    private Trial OneCore(ReadLoop form, Kernel kernel) =>
        new(form.ToString(), "GB/s", BytesOfCore, count => CoreClock.Seconds(() =>
        {
            for (var i = 0; i < count; i++) Read(kernel, core: 0);
        }));

    private Trial Together(ReadLoop form, Kernel kernel) =>
        new(form.ToString(), "GB/s", BytesOfCore * EveryCore.Count, count => EveryCore.Seconds(core =>
        {
            for (var i = 0; i < count; i++) Read(kernel, core);
        }));

    private Trial OneCore(ArithmeticLoop form)
    {
        const int turns = 10_000;
        var kernel = form.Emit();
        return new Trial(form.ToString(), "GOPS", (double)turns * form.OperationsPerTurn, count => CoreClock.Seconds(() =>
        {
            var arguments = (long)_factors.Pointer;
            kernel.Function(&arguments, 0, (long)count * turns, null);
        }));
    }

    private void Read(Kernel kernel, int core)
    {
        var arguments = (long)_memory.Pointer;
        const long parts = BytesOfCore / ReadLoop.PartBytes;
        kernel.Function(&arguments, core * parts, (core + 1) * parts, null);
    }
}

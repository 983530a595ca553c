using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Training;

/// <summary>What the cores that are used can multiply and add together at most.</summary>
internal sealed unsafe class ArithmeticPeak : IDisposable
{
    private const int Turns = 10_000;

    private readonly NativePages _factors = new(4096);

    public ArithmeticPeak(Arithmetic arithmetic)
    {
        for (var i = 0; i < _factors.Bytes; i++) _factors.Pointer[i] = (byte)(i % 2 == 0 ? 0x80 : 0x3f); // numbers near one
        Loops = [.. ArithmeticLoop.Forms.Where(form => form.Arithmetic == arithmetic).Select(EveryCoreAtOnce)];
    }

    /// <summary>The loops, of which the fastest is the peak.</summary>
    public IReadOnlyList<Trial> Loops { get; }

    public void Dispose() => _factors.Dispose();

    private Trial EveryCoreAtOnce(ArithmeticLoop form)
    {
        var kernel = form.Emit();
        var work = (double)Turns * form.OperationsPerTurn * EveryCore.Count;
        return new Trial($"{form}, every core", "GOPS", work, count => EveryCore.Seconds(_ =>
        {
            var arguments = (long)_factors.Pointer;
            kernel.Function(&arguments, 0, (long)count * Turns, null);
        }));
    }
}

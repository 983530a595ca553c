using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ashlar.Training.Runs;

/// <summary>How many F32 operations this machine makes in a second at most, found by making many that need no memory.</summary>
public static class PeakRate
{
    private const int Rounds = 400_000, Chains = 12; // enough to hide an operation's latency
    private const int Tries = 5;

    /// <summary>Measures it with some threads, in a fraction of a second.</summary>
    /// <param name="threads">How many threads, 1 or more.</param>
    /// <returns>Multiplications and additions of a second, together.</returns>
    public static double Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Spend(Rounds); // compiled before it is measured
        return Enumerable.Range(0, Tries).Max(_ => Once(threads));
    }

    private static double Once(int threads)
    {
        using var start = new Barrier(threads);
        var seconds = new double[threads];
        Thread[] all = [.. Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            var began = Stopwatch.GetTimestamp();
            Spend(Rounds);
            seconds[index] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }))];
        foreach (var thread in all) thread.Start();
        foreach (var thread in all) thread.Join();
        var lanes = Avx512F.IsSupported ? Vector512<float>.Count : Vector<float>.Count;
        return 2.0 * Rounds * Chains * lanes * threads / seconds.Max();
    }

    private static float Spend(int rounds) => Avx512F.IsSupported ? SpendWide(rounds) : SpendPlain(rounds);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float SpendWide(int rounds)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + (e + f + g + h) + (i + j + k + l));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float SpendPlain(int rounds)
    {
        var (x, y) = (new Vector<float>(0.999f), new Vector<float>(0.001f));
        Vector<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector.FusedMultiplyAdd(a, x, y);
            b = Vector.FusedMultiplyAdd(b, x, y);
            c = Vector.FusedMultiplyAdd(c, x, y);
            d = Vector.FusedMultiplyAdd(d, x, y);
            e = Vector.FusedMultiplyAdd(e, x, y);
            f = Vector.FusedMultiplyAdd(f, x, y);
            g = Vector.FusedMultiplyAdd(g, x, y);
            h = Vector.FusedMultiplyAdd(h, x, y);
            i = Vector.FusedMultiplyAdd(i, x, y);
            j = Vector.FusedMultiplyAdd(j, x, y);
            k = Vector.FusedMultiplyAdd(k, x, y);
            l = Vector.FusedMultiplyAdd(l, x, y);
        }

        return Vector.Sum(a + b + c + d + (e + f + g + h) + (i + j + k + l));
    }
}

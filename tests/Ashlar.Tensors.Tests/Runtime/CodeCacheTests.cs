using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Runtime;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Kernels that are made once, kept for a while, and never in pages that are writable.</summary>
public sealed unsafe class CodeCacheTests
{
    [Fact]
    public void A_kernel_is_made_once_for_a_set_and_a_key()
    {
        var cache = new CodeCache();
        var made = 0;
        var first = cache.GetOrAdd(InstructionSet.Avx2, "a", () => Writing(++made));
        Assert.Same(first, cache.GetOrAdd(InstructionSet.Avx2, "a", () => Writing(++made)));
        Assert.NotSame(first, cache.GetOrAdd(InstructionSet.Avx512, "a", () => Writing(++made)));
        Assert.NotSame(first, cache.GetOrAdd(InstructionSet.Avx2, "b", () => Writing(++made)));
        Assert.Equal((3, 3), (made, cache.Count));
    }

    [Fact]
    public void The_least_recently_used_kernel_goes_and_still_runs_where_it_is_held()
    {
        var page = (long)Environment.SystemPageSize;
        var cache = new CodeCache(maximumBytes: 3 * page);
        var held = cache.GetOrAdd(InstructionSet.Avx2, "0", () => Writing(0));
        for (var i = 1; i < 50; i++)
        {
            cache.GetOrAdd(InstructionSet.Avx2, $"{i}", () => Writing(i));
            if (i > 1) cache.GetOrAdd(InstructionSet.Avx2, "1", () => throw new InvalidOperationException("1 is gone"));
        }

        Assert.Equal((3, 3 * page), (cache.Count, cache.Bytes));
        var again = 0;
        Assert.NotSame(held, cache.GetOrAdd(InstructionSet.Avx2, "0", () => Writing(++again)));
        Assert.Equal((1, 0L, 1L), (again, Written(held), Written(cache.GetOrAdd(InstructionSet.Avx2, "0", () => Writing(9)))));
    }

    [Fact]
    public void Kernels_that_went_give_their_memory_back()
    {
        Assert.SkipUnless(File.Exists("/proc/self/maps"), "only Linux lists a process's memory");
        var cache = new CodeCache(maximumCount: 4);
        var addresses = new List<long>();
        for (var i = 0; i < 400; i++) addresses.Add((long)cache.GetOrAdd(InstructionSet.Avx2, $"{i}", () => Writing(i)).Function);
        Assert.Equal(4, cache.Count);
        var left = int.MaxValue;
        for (var attempt = 0; attempt < 20 && left > 40; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var executable = Mappings().Where(mapping => mapping.Access.Contains('x', StringComparison.Ordinal)).ToList();
            left = addresses.Count(address => executable.Exists(mapping => address >= mapping.From && address < mapping.To));
        }

        // Others may have got an address since.
        Assert.True(left <= 40, $"{left} of 400 kernels still have memory");
        GC.KeepAlive(cache);
    }

    [Fact]
    public void Code_is_never_writable()
    {
        Assert.SkipUnless(File.Exists("/proc/self/maps"), "only Linux lists a process's memory");
        var kernel = Writing(7);
        var mapping = Mappings().Single(mapping => (long)kernel.Function >= mapping.From && (long)kernel.Function < mapping.To);
        Assert.Equal("r-xp", mapping.Access);
        Assert.DoesNotContain(Mappings(), mapping => mapping.Access.StartsWith("rwx", StringComparison.Ordinal));
        Assert.Equal(7, Written(kernel));
    }

    [Fact]
    public void A_kernel_that_cannot_be_made_is_asked_for_again()
    {
        var cache = new CodeCache();
        Func<Kernel> fails = () => throw new NotSupportedException();
        Assert.Throws<NotSupportedException>(() => cache.GetOrAdd(InstructionSet.Avx2, "a", fails));
        Assert.Equal(3, Written(cache.GetOrAdd(InstructionSet.Avx2, "a", () => Writing(3))));
    }

    [Fact]
    public void Many_threads_get_the_same_kernel_of_a_key()
    {
        var cache = new CodeCache(maximumCount: 1000);
        var made = new int[20];
        Parallel.For(0, 2000, i =>
        {
            var key = i % made.Length;
            var kernel = cache.GetOrAdd(InstructionSet.Avx2, $"{key}", () =>
            {
                Interlocked.Increment(ref made[key]);
                return Writing(key);
            });
            Assert.Equal(key, Written(kernel));
        });
        Assert.All(made, times => Assert.Equal(1, times));
        Assert.Equal(made.Length, cache.Count);
    }

    private static Kernel Writing(int value)
    {
        Assert.SkipUnless(Processor.IsSupported(InstructionSet.Avx2), "the processor has no AVX2");
        var assembler = new KernelAssembler(InstructionSet.Avx2);
        assembler.Code.mov(rax, KernelAssembler.Argument(0));
        assembler.Code.mov(__qword_ptr[rax], value);
        return assembler.Finish();
    }

    private static long Written(Kernel kernel)
    {
        long written = -1;
        kernel.Invoke([(long)&written], 0, 1);
        return written;
    }

    private static List<(long From, long To, string Access)> Mappings() => [.. File.ReadLines("/proc/self/maps").Select(line =>
    {
        var fields = line.Split(' ');
        var bounds = fields[0].Split('-');
        return (Convert.ToInt64(bounds[0], 16), unchecked((long)Convert.ToUInt64(bounds[1], 16)), fields[1]);
    })];
}

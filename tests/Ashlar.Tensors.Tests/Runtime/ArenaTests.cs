using System.Globalization;
using System.IO.MemoryMappedFiles;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Memory of runs, and memory of files.</summary>
public sealed unsafe class ArenaTests
{
    private const long Huge = NativePages.HugePage;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(Huge - 1)]
    [InlineData(Huge)]
    [InlineData(5 * Huge + 3)]
    public void An_arena_is_aligned_and_zero_and_large_enough(long bytes)
    {
        using var arena = new Arena();
        Assert.Equal(0, arena.Bytes);
        arena.Ensure(bytes);
        Assert.InRange(arena.Bytes, bytes, bytes + Huge - 1);
        if (bytes == 0) return;
        var alignment = OperatingSystem.IsLinux() && bytes >= Huge ? Huge : 64;
        Assert.Equal(0, (long)arena.Pointer % alignment);
        Assert.Equal((0, 0), (arena.Pointer[0], arena.Pointer[arena.Bytes - 1]));
        new Span<byte>(arena.Pointer, (int)arena.Bytes).Fill(1);
        if (OperatingSystem.IsLinux() && bytes < Huge) Assert.False(arena.AskedForHugePages);
    }

    [Fact]
    public void An_arena_grows_and_does_not_shrink()
    {
        using var arena = new Arena();
        arena.Ensure(1000);
        arena.Pointer[0] = 7;
        var (pointer, bytes) = ((nint)arena.Pointer, arena.Bytes);
        arena.Ensure(10);
        arena.Ensure(bytes);
        Assert.Equal((pointer, bytes, 7), ((nint)arena.Pointer, arena.Bytes, arena.Pointer[0]));
        arena.Ensure(bytes + 1);
        Assert.True(arena.Bytes > bytes);
        Assert.Equal(0, arena.Pointer[0]);
        arena.Dispose();
        arena.Dispose();
        Assert.True(arena.Pointer is null);
    }

    [Fact]
    public void Memory_that_is_lent_outlives_the_arena()
    {
        var arena = new Arena();
        arena.Ensure(100);
        arena.Pointer[99] = 5;
        arena.IsLent = true;
        var view = TensorData.Wrap(arena.Pointer, arena.Owner!, DType.I8, 100);
        arena.Ensure(1 << 20);
        arena.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(5, view.AsSpan<sbyte>()[99]);
    }

    [Fact]
    public void What_is_not_touched_costs_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked how much memory is resident");
        using var arena = new Arena();
        var before = Resident();
        arena.Ensure(2L << 30);
        for (var i = 0L; i < 4; i++) arena.Pointer[i * (arena.Bytes / 4)] = 1;
        Assert.InRange(Resident() - before, long.MinValue, 512 << 20);
    }

    [Fact]
    public void More_than_the_system_has_is_an_error_and_the_arena_lives_on()
    {
        using var arena = new Arena();
        Assert.Throws<InsufficientMemoryException>(() => arena.Ensure(1L << 60));
        Assert.Equal(0, arena.Bytes);
        arena.Ensure(10);
        Assert.True(arena.Bytes >= 10);
    }

    [Fact]
    public void Pages_of_a_file_are_given_back_and_come_back_with_their_content()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked how much memory is resident");
        const int Bytes = 64 << 20;
        var path = Path.GetTempFileName();
        try
        {
            var content = new byte[Bytes];
            new Random(1).NextBytes(content);
            File.WriteAllBytes(path, content);
            using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            using var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            Assert.Equal(content, new ReadOnlySpan<byte>(pointer, Bytes));
            var full = ResidentOf(pointer);
            Assert.InRange(full, Bytes * 9L / 10, long.MaxValue);
            Assert.Equal(0, MappedPages.Release(pointer + 1, Environment.SystemPageSize));
            Assert.Equal(0, MappedPages.Release(pointer, 0));
            var released = MappedPages.Release(pointer + 1, Bytes - 2);
            Assert.Equal(Bytes - (2 * Environment.SystemPageSize), released);
            Assert.InRange(ResidentOf(pointer), 0, full / 10);
            Assert.Equal(content, new ReadOnlySpan<byte>(pointer, Bytes));
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long Resident() => Kilobytes(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmRSS:")));

    // Of the mapping at this address.
    private static long ResidentOf(byte* pointer) => Kilobytes(File.ReadLines("/proc/self/smaps")
        .SkipWhile(line => !line.StartsWith($"{(long)pointer:x}-"))
        .First(line => line.StartsWith("Rss:")));

    private static long Kilobytes(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}

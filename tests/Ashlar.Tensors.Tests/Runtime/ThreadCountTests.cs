using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>How many threads a container's quota leaves.</summary>
public sealed class ThreadCountTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ashlar-test-").FullName;

    [Theory]
    [InlineData(8, 2.5, 2)]
    [InlineData(8, 0.5, 1)]
    [InlineData(2, 16, 2)]
    [InlineData(4, double.PositiveInfinity, 4)]
    public void Threads_are_the_quota_rounded_down_and_no_more_than_the_cores(int processors, double quota, int expected) =>
        Assert.Equal(expected, ThreadCount.Least(processors, quota));

    [Fact]
    public void A_unified_group_and_those_above_it_have_quotas()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has control groups");
        Write("proc/self/cgroup", "0::/pod/container\n");
        Write("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
        Write("sys/fs/cgroup/pod/container/cpu.max", "max 100000\n");
        Assert.Equal(double.PositiveInfinity, ThreadCount.Quota(_root));
        Write("sys/fs/cgroup/pod/cpu.max", "250000 100000\n");
        Assert.Equal(2.5, ThreadCount.Quota(_root));
        Write("sys/fs/cgroup/pod/container/cpu.max", "50000 100000\n");
        Assert.Equal(0.5, ThreadCount.Quota(_root));
    }

    [Fact]
    public void A_container_that_sees_its_group_as_the_root_has_its_quota()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has control groups");
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n");
        Write("sys/fs/cgroup/cpu.max", "300000 100000\n");
        Assert.Equal(3, ThreadCount.Quota(_root));
        Write("proc/self/cgroup", "0::/../..\n"); // a path above the root of its own view
        Assert.Equal(3, ThreadCount.Quota(_root));
    }

    [Fact]
    public void A_group_of_the_first_version_has_a_quota()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has control groups");
        Write("proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/\n");
        Write("proc/self/mountinfo", """
            31 30 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
            32 30 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct

            """);
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
        Assert.Equal(double.PositiveInfinity, ThreadCount.Quota(_root));
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
        Assert.Equal(1.5, ThreadCount.Quota(_root));
    }

    [Fact]
    public void Without_control_groups_there_is_no_quota() => Assert.Equal(double.PositiveInfinity, ThreadCount.Quota(_root));

    [Fact]
    public void This_process_may_use_a_thread_and_no_more_than_there_are_processors() =>
        Assert.InRange(ThreadCount.Default, 1, Environment.ProcessorCount);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

namespace Ashlar.Cli.Machine;

/// <summary>What a machine offers, and what will be used.</summary>
/// <param name="Version">The version of this program.</param>
/// <param name="Dotnet">The version of .NET.</param>
/// <param name="System">The operating system.</param>
/// <param name="Processor">The processor.</param>
/// <param name="Memory">The memory.</param>
/// <param name="RuntimeCode">Whether machine code made at run time may be executed; null where no kernel is machine code.</param>
/// <param name="Home">Where what outlives a command is kept.</param>
/// <param name="HomeFreeBytes">Bytes free there; null where it cannot be told.</param>
/// <param name="Uses">What will be used.</param>
internal sealed record MachineReport(
    string Version,
    string Dotnet,
    string System,
    ProcessorReport Processor,
    MemoryReport Memory,
    bool? RuntimeCode,
    string Home,
    long? HomeFreeBytes,
    UsesReport Uses);

/// <summary>A processor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Architecture">Its architecture: <c>x64</c>, <c>arm64</c>.</param>
/// <param name="LogicalProcessors">Logical processors of the machine.</param>
/// <param name="QuotaProcessors">Processors' time that a control group allows; null where it sets no quota.</param>
/// <param name="Features">What it computes with, of what kernels could use.</param>
internal sealed record ProcessorReport(
    string Name, string Architecture, int LogicalProcessors, double? QuotaProcessors, IReadOnlyList<string> Features);

/// <summary>Memory, in bytes; null where it cannot be told.</summary>
/// <param name="TotalBytes">The machine's.</param>
/// <param name="AvailableBytes">Free or easily freed.</param>
/// <param name="ProcessLimitBytes">What this process may have at most.</param>
/// <param name="TransparentHugePages">
/// When the system gives huge pages by itself: <c>always</c>, <c>madvise</c> or <c>never</c>.
/// </param>
/// <param name="ReservedHugePages">Huge pages set aside.</param>
/// <param name="HugePageBytes">Bytes of a huge page.</param>
internal sealed record MemoryReport(
    long? TotalBytes, long? AvailableBytes, long ProcessLimitBytes, string? TransparentHugePages, long? ReservedHugePages,
    long? HugePageBytes);

/// <summary>What will be used.</summary>
/// <param name="Backend">The backend that computes.</param>
/// <param name="Isa">The instruction set of its code, or <c>reference</c> for the reference backend.</param>
/// <param name="Threads">Threads that compute unless <c>--threads</c> says otherwise.</param>
internal sealed record UsesReport(string Backend, string Isa, int Threads);

using System.CommandLine;
using System.Globalization;
using Ashlar.Cli.Json;
using Ashlar.Cli.Machine;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar doctor</c>: what this machine offers and what will be used.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("doctor", "Show what this machine offers and what will be used.") { json };
        command.SetAction(arguments =>
        {
            var report = Examination.Examine();
            if (arguments.GetValue(json)) JsonOutput.Write(report);
            else Write(report);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(MachineReport report)
    {
        var (processor, memory) = (report.Processor, report.Memory);
        var facts = new Facts();
        facts.Add("ashlar", report.Version);
        facts.Add(".NET", report.Dotnet);
        facts.Add("system", report.System);
        facts.Add("processor", $"{processor.Name}, {processor.Architecture}, {processor.LogicalProcessors} logical processors");
        if (processor.QuotaProcessors is { } quota)
        {
            facts.Add("", string.Create(CultureInfo.InvariantCulture, $"a control group allows the time of {quota:0.##}"));
        }

        facts.Add("", string.Join(' ', processor.Features));
        facts.Add("memory", $"{Size(memory.TotalBytes)}, {Size(memory.AvailableBytes)} available, "
            + $"{Size(memory.ProcessLimitBytes)} for this process");
        facts.Add("huge pages", $"{memory.ReservedHugePages ?? 0} of {Size(memory.HugePageBytes)} reserved, " +
            $"transparent ones: {memory.TransparentHugePages ?? "unknown"}");
        facts.Add("run-time code", report.RuntimeCode switch
        {
            true => "allowed",
            false => "forbidden by the system",
            null => "not tried: no kernels are emitted for this processor",
        });
        facts.Add("home", $"{report.Home}, {Size(report.HomeFreeBytes)} free (ASHLAR_HOME moves it)");
        facts.Add("computes with", $"the {report.Uses.Backend} backend, {report.Uses.Threads} threads");
        facts.Write();
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : "unknown";
}

using System.Diagnostics;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

/// <summary>The launcher of the checkout, in a checkout whose <c>dotnet</c> merely notes what it is asked to do.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet = """
        #!/usr/bin/env bash
        if [[ $1 == build ]]; then
            echo build >> "$LOG"
            sleep 0.3
            mkdir -p src/Ashlar.Cli/bin/Release/net10.0
            touch src/Ashlar.Cli/bin/Release/net10.0/ashlar.dll
            [[ ! -f fails ]] || { echo 'no good'; exit 1; }
        else
            printf '<%s>' "${@:2}"
            exit 7
        fi
        """;

    private const string Model = "recipes/ashlar-tiny/ashlar-tiny.gguf";

    private readonly TemporaryFolder _folder = new();

    public LauncherTests()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the launcher is a bash script; Windows has 'dotnet run --project src/Ashlar.Cli'");
        }

        foreach (var folder in (string[])["check out/src/Ashlar.Cli", "check out/recipes/ashlar-tiny", "tools", "elsewhere"])
        {
            Directory.CreateDirectory(_folder.File(folder));
        }

        foreach (var file in (string[])["src/Ashlar.Cli/Program.cs", "src/Old.cs", Model, "Directory.Build.props", "global.json"])
        {
            _folder.Write($"check out/{file}", "");
        }

        MakeExecutable(_folder.Write("tools/dotnet", Dotnet));
        File.Copy(Path.Combine(Checkout(), "ashlar"), _folder.File("check out/ashlar"));
        MakeExecutable(_folder.File("check out/ashlar"));
    }

    private int Builds => File.Exists(_folder.File("log")) ? File.ReadAllLines(_folder.File("log")).Length : 0;

    [Fact]
    public async Task Arguments_and_exit_code_pass_from_any_folder_and_through_links()
    {
        File.CreateSymbolicLink(_folder.File("elsewhere/link"), "../check out/ashlar");
        var outcome = await Launch("elsewhere/link", "a b", "", "*", "--x=$HOME");
        Assert.Equal((7, "<a b><><*><--x=$HOME>"), (outcome.ExitCode, outcome.Text));
    }

    [Fact]
    public async Task It_builds_once_and_again_only_when_a_source_has_changed()
    {
        Assert.Equal("ashlar: building ...\n", (await Launch("check out/ashlar")).Error);
        Assert.Equal("", (await Launch("check out/ashlar")).Error);
        Assert.Equal(1, Builds);

        _folder.Write("check out/src/Ashlar.Cli/Program.cs", "changed");
        await Launch("check out/ashlar");
        Assert.Equal(2, Builds);

        File.Delete(_folder.File("check out/src/Old.cs"));
        await Launch("check out/ashlar");
        await Launch("check out/ashlar");
        Assert.Equal(3, Builds);

        _folder.Write($"check out/{Model}", "trained anew");
        await Launch("check out/ashlar");
        await Launch("check out/ashlar");
        Assert.Equal(4, Builds);
        Assert.Equal(["Ashlar.Cli"], Directory.GetDirectories(_folder.File("check out/src")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Concurrent_starts_build_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Launch("check out/ashlar", "x")));
        Assert.All(outcomes, outcome => Assert.Equal((7, "<x>"), (outcome.ExitCode, outcome.Text)));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task A_build_that_fails_is_shown_and_tried_again()
    {
        _folder.Write("check out/fails", "");
        var outcome = await Launch("check out/ashlar");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Text));
        Assert.Contains("no good", outcome.Error, StringComparison.Ordinal);

        File.Delete(_folder.File("check out/fails"));
        Assert.Equal(7, (await Launch("check out/ashlar")).ExitCode);
        Assert.Equal(2, Builds);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Outcome> Launch(string launcher, params string[] arguments)
    {
        var start = new ProcessStartInfo(_folder.File(launcher), arguments)
        {
            WorkingDirectory = _folder.File("elsewhere"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.File("tools")}:{start.Environment["PATH"]}";
        start.Environment["LOG"] = _folder.File("log");
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, output.ToArray(), await error);
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ashlar.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the tests lie in no checkout");
        }

        return folder.FullName;
    }

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

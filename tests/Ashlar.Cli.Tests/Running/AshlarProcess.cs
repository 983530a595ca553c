using System.Diagnostics;
using System.Text;

namespace Ashlar.Cli.Tests.Running;

/// <summary>The real program, built beside the tests, in a process of its own.</summary>
internal sealed class AshlarProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private AshlarProcess(string[] arguments, (string Name, string Value)[] environment, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(folder ?? AppContext.BaseDirectory, "ashlar.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["ASHLAR_NOW", "ASHLAR_HOME", "ASHLAR_API_KEY"]) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>Standard output as it comes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts it and leaves its standard input open.</summary>
    public static AshlarProcess Start(params string[] arguments) => new(arguments, []);

    /// <summary>Starts it with variables of its own.</summary>
    public static AshlarProcess Start(string[] arguments, params (string Name, string Value)[] environment) =>
        new(arguments, environment);

    /// <summary>Runs it to its end, with nothing to read.</summary>
    public static Task<Outcome> Run(params string[] arguments) => Run(arguments, []);

    /// <summary>Runs the program that lies in a folder to its end, with nothing to read.</summary>
    public static async Task<Outcome> RunIn(string folder, params string[] arguments)
    {
        using var process = new AshlarProcess(arguments, [], folder);
        process.Input.Close();
        return await process.ReadToEnd();
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<Outcome> Run(string[] arguments, byte[] input, params (string Name, string Value)[] environment)
    {
        using var process = new AshlarProcess(arguments, environment);
        try
        {
            await process.Input.WriteAsync(input);
            process.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading all.
        }

        return await process.ReadToEnd();
    }

    /// <summary>Reads what is left of its output and waits until it ends.</summary>
    public async Task<Outcome> ReadToEnd()
    {
        var error = _process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Patience);
        using var output = new MemoryStream();
        await Output.CopyToAsync(output, deadline.Token);
        await _process.WaitForExitAsync(deadline.Token);
        return new Outcome(_process.ExitCode, output.ToArray(), await error);
    }

    /// <summary>Waits until it ends, without reading its output.</summary>
    public async Task<(int ExitCode, string Error)> WaitForExit()
    {
        var error = _process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return (_process.ExitCode, await error);
    }

    /// <summary>Reads the next line of its standard error.</summary>
    public async Task<string?> ReadErrorLine()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await _process.StandardError.ReadLineAsync(deadline.Token);
    }

    /// <summary>Reads until the output has brought so many bytes.</summary>
    public async Task<byte[]> Read(int bytes)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var buffer = new byte[bytes];
        await Output.ReadExactlyAsync(buffer, deadline.Token);
        return buffer;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public async Task WriteLine(string line)
    {
        await Input.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await Input.FlushAsync();
    }

    /// <summary>Presses Ctrl-C; skips the test on systems without signals.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Asks it to end, as service managers do; skips the test on systems without signals.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Ends it as a power cut would: nothing of it runs any more when this returns.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Signal(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows sends Ctrl-C to a console, not to a process; run this on Linux or macOS");
        }

        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Its output, of a process that must have done what it was asked to, and said nothing beside.</summary>
    public Outcome Done()
    {
        Assert.Equal("", Error);
        return Succeeded();
    }

    /// <summary>Its output, of a process that must have done what it was asked to, whatever it said beside.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, Error);
        return this;
    }

    /// <summary>Checks that it failed with one line that names these things, and printed nothing.</summary>
    public void Failed(int exitCode, params string[] named)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Equal("", Text);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("ashlar", Error, StringComparison.Ordinal);
        foreach (var name in named) Assert.Contains(name, Error, StringComparison.Ordinal);
    }
}

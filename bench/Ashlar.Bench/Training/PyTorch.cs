using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Training;

/// <summary>PyTorch, as <c>bench/peers/pytorch</c> trains with it.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Words">The words that start <c>train.py</c>.</param>
internal sealed record PyTorch(string Version, IReadOnlyList<string> Words)
{
    /// <summary>Debian's Python, for which its packages are.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>What it was seen to be fastest with: OpenBLAS told the processor, and memory never given back.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["OPENBLAS_CORETYPE"] = Avx512F.IsSupported ? "SKYLAKEX" : "HASWELL",
        ["MALLOC_MMAP_MAX_"] = "0",
        ["MALLOC_TRIM_THRESHOLD_"] = "99999999999",
    };

    /// <summary>The PyTorch of a Python; null, and a line on standard error that says what to do, where it has none.</summary>
    public static PyTorch? Find(string python)
    {
        if (ThisProgram.PeerFolder("pytorch") is { } folder && VersionOf(python) is { Length: > 0 } version)
        {
            return new(version, [python, Path.Combine(folder, "train.py")]);
        }

        Console.Error.WriteLine($"'{python}' has no PyTorch, and its side is left out: "
            + "apt-get install --no-install-recommends python3-torch libopenblas0-pthread");
        return null;
    }

    private static string? VersionOf(string python)
    {
        var start = new ProcessStartInfo(python, ["-c", "import torch; print(torch.__version__)"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true, // the trace of an import that fails says no more than the line above
        };
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }
}

using System.Text;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Testing;
using Xunit.Sdk;

namespace Ashlar.Engine.Tests.HuggingFace;

/// <summary>A folder for a test's models, gone when the test ends.</summary>
internal sealed class ModelHome : IDisposable
{
    private const long BytesBeyondTheFile = 64 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-");

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>
    /// Opens a model and builds its graph; null where it could, else what the error says. Anything but an error that names the model, soon
    /// and in little memory, fails the test.
    /// </summary>
    public static string? Problem(string path, string what)
    {
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now);
        string? problem = null;
        try
        {
            using var model = LanguageModel.Load(path);
            model.BuildGraph(new Batch(blockSize: 16));
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException)
        {
            problem = error.Message;
            Assert.Contains(path, problem, StringComparison.Ordinal);
            Assert.InRange(problem.Length, 1, 1000);
        }
        catch (Exception error)
        {
            throw new XunitException($"{what}: {error}");
        }

        Assert.True(ThreadTime.Now - start < Longest, $"{what}: took {ThreadTime.Now - start}");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < BytesBeyondTheFile, $"{what}: allocated {allocated} bytes");
        return problem;
    }

    /// <summary>As <see cref="Problem(string, string)"/>, after putting a folder's <c>config.json</c> in place.</summary>
    public static string? Problem(string folder, byte[] config, string? what = null)
    {
        File.WriteAllBytes(System.IO.Path.Combine(folder, "config.json"), config);
        return Problem(folder, what ?? Encoding.UTF8.GetString(config));
    }
}

using Ashlar.Testing;
using Xunit.Sdk;

namespace Ashlar.Models.Tests;

/// <summary>
/// Opens damaged files and holds the reader to its promises: an error that names the place, soon, in little memory.
/// </summary>
internal static class Hostile
{
    private const long BytesBeyondTheFile = 64 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Opens the file; whether it opened. Anything but success and an <see cref="InvalidDataException"/> fails the test.
    /// </summary>
    public static bool Opens(string path, Action<string> open, string what)
    {
        var length = new FileInfo(path).Length;
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now);
        var opened = Attempt(path, open, what);
        var (allocated, elapsed) = (GC.GetAllocatedBytesForCurrentThread() - before, ThreadTime.Now - start);

        Assert.True(allocated < length + BytesBeyondTheFile, $"{what}: allocated {allocated} bytes for a file of {length}");
        Assert.True(elapsed < Longest, $"{what}: took {elapsed} of the processor");
        return opened;
    }

    private static bool Attempt(string path, Action<string> open, string what)
    {
        try
        {
            open(path);
            return true;
        }
        catch (InvalidDataException error)
        {
            Assert.StartsWith($"'{path}'", error.Message, StringComparison.Ordinal);
            return false;
        }
        catch (Exception error)
        {
            throw new XunitException($"{what}: {error}");
        }
    }

    /// <summary>Changes a few bytes, in ways that hit counts, offsets and types; may cut or lengthen the file.</summary>
    public static byte[] Mutate(ReadOnlySpan<byte> good, Random random)
    {
        var bytes = good.ToArray();
        for (var change = random.Next(1, 5); change > 0 && bytes.Length > 0; change--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(0xff);
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Clear();
                    break;
                case 4:
                    var edge = BitConverter.GetBytes((random.Next(2) == 0 ? 1L : -1L) << random.Next(64));
                    edge.AsSpan(0, Math.Min(8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                    break;
                case 5:
                    bytes = bytes[..at];
                    break;
                case 6:
                    bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(random.Next(bytes.Length))];
                    break;
                default:
                    var from = random.Next(bytes.Length);
                    bytes.AsSpan(
                        from, Math.Min(random.Next(1, 40), bytes.Length - Math.Max(from, at))).ToArray().CopyTo(bytes, at);
                    break;
            }
        }

        return bytes;
    }
}

namespace Ashlar.Training.Data.Documents;

/// <summary>What is wrong with a sample, by file and line.</summary>
internal static class SampleError
{
    public static InvalidDataException At(string path, long line, string problem, Exception? cause = null) =>
        new($"'{path}' line {line}: {problem}", cause);
}

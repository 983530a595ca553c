using Ashlar.Cli.Streams;

namespace Ashlar.Cli.Arguments;

/// <summary>The model of those who give none: a file beside the program.</summary>
internal static class BuiltInModel
{
    private const string Name = "ashlar-tiny";

    /// <summary>Where it lies, if it is there.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, Name + ".gguf");

    /// <summary>Its path.</summary>
    /// <exception cref="FileNotFoundException">It is not there; the message says what to do.</exception>
    public static string Find() => File.Exists(Path) ? Path : throw new FileNotFoundException(
        $"the built-in model '{Path}' is missing; copy it from recipes/{Name} of Ashlar's sources to there, or give a MODEL");

    /// <summary>Says on standard error what it is.</summary>
    public static void Introduce() => StandardError.WriteLine(
        $"{Name}: a model of four million parameters that Ashlar trained itself; it tells short stories, answers questions about " +
        "this command line, calls tools and does sums. Give a MODEL for more.");
}
